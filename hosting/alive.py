"""Ask this container's web process whether it is alive; exits with 1 when it is not. For the health check."""

import os
import sys
from urllib.request import Request, urlopen

WHERE = "http://127.0.0.1:8000/livez"

if __name__ == "__main__":
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    try:
        urlopen(Request(WHERE, headers={"Host": host}), timeout=5).close()
    except OSError as error:
        sys.exit(f"It does not answer: {error}")
