from . import requests
from . import portal
