"""Certifies a picture at a CertiPure service, shows the progress, and lets the service verify the certificate.

    python3 certify.py http://127.0.0.1:5080 boot.png certificate.json        (the key, where one is asked for, in CERTIPURE_KEY)
"""
import json, os, sys, urllib.error, urllib.request, uuid


def post(url, body, content_type, accept):
    headers = {"Content-Type": content_type, "Accept": accept, "X-Api-Key": os.environ.get("CERTIPURE_KEY", "")}
    try:
        return urllib.request.urlopen(urllib.request.Request(url, body, {name: value for name, value in headers.items() if value}))
    except urllib.error.HTTPError as error:
        sys.exit(json.load(error)["detail"])


def events(response):
    for line in response:
        field, _, value = line.decode().rstrip("\n").partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


service, picture, out = sys.argv[1:]
boundary, name = uuid.uuid4().hex, None
head = f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="image"\r\n\r\n'
form = head.encode() + open(picture, "rb").read() + f"\r\n--{boundary}--\r\n".encode()
for name, data in events(post(f"{service}/v1/certify", form, f"multipart/form-data; boundary={boundary}", "text/event-stream")):
    if name == "progress":
        print(f"{data['draws']} of {data['total']} draws, radius {data['radius']:.3f}", file=sys.stderr)
    elif name == "error":
        sys.exit(data["detail"])
if name != "certificate":
    sys.exit("The connection ended before the certificate came.")
print(data["className"], "-", data["claim"])
with open(out, "w") as file:
    json.dump(data["certificate"], file, indent=2)
verdict = json.load(post(f"{service}/v1/certificates/verify", open(out, "rb").read(), "application/json", "application/json"))
print(verdict["verdict"], "-", verdict["summary"])
