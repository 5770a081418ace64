from . import portal, requests
