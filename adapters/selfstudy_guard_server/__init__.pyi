from .app import Limits as Limits, make_app as make_app
from .purposes import Purpose as Purpose
from .upstream import EmbeddedUpstream as EmbeddedUpstream, HttpUpstream as HttpUpstream
