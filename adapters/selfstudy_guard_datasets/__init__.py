"""selfstudy-guard for Hugging Face datasets and data frames: plan, filter and footprint as map functions."""
