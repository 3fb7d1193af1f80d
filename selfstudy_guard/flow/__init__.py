"""The method for one draw: ask, check, choose evidence, answer, check. Flows yield requests and call no model."""
