"""Uploads as raw bytes: a test client would clean the names first."""

from django.urls import reverse

BOUNDARY = "plumb-bob-7f3a"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def body(files, **fields) -> bytes:
    """A multipart body: `files` are (name, content); a name may be text or bytes, with any sign in it."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, content in files:
        named = name if isinstance(name, bytes) else name.encode("utf-8", "surrogatepass")
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="'.encode()
        parts.append(head + named + b'"\r\nContent-Type: application/octet-stream\r\n\r\n' + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def send(client, *files, kind="report", address=None):
    """The answer to these files, sent from the patient's page."""
    return client.post(address or reverse("intake_files"), body(files, kind=kind), content_type=TYPE)
