"""PostgreSQL and Valkey from their wheels, for a demo, tests and development where no server is configured.

The wheels are in requirements-demo.txt. A clinic's own server has none of them and names its servers in its settings.

`both.servers` runs both for as long as its block lasts; `running.running_urls` tells any other process of this checkout
how to reach them. Neither needs Django, and settings may call `running_urls` while they load.
"""
