"""HTTP to a pod's address, straight over the bridge."""
import urllib.request

TIMEOUT = 8  # seconds; /peers itself gives up after five


def get(address, path="/", port=8080):
    with urllib.request.urlopen(f"http://{address}:{port}{path}", timeout=TIMEOUT) as response:
        return response.read().decode()


def post(address, data, path="/", port=8080):
    request = urllib.request.Request(f"http://{address}:{port}{path}", data=data.encode(), method="POST")
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
        return response.read().decode()
