"""The people, groups and channels of the local workspace, with different rights to try."""

from playground.slack import Channel, Group, User

PEOPLE = (
    User("U0ANA", "ana", "Ana Lima", "SRE, incident commander", color="8a4baf", email="ana@example.com"),
    User(
        "U0BEN",
        "ben",
        "Ben Okafor",
        "Architect, on call",
        color="2f7d5b",
        tz="Africa/Lagos",
        tz_offset_s=3600,
    ),
    User(
        "U0CHI",
        "chi",
        "Chi Tanaka",
        "Miyabi platform, on call",
        color="b3541e",
        tz="Asia/Tokyo",
        tz_offset_s=32400,
    ),
    User(
        "U0DEV",
        "dev",
        "Dev Rao",
        "Usage Metrics, owner",
        color="1f6feb",
        tz="Asia/Kolkata",
        tz_offset_s=19800,
    ),
    User(
        "U0EVE",
        "eve",
        "Eve Martin",
        "Engineer",
        color="a33d5e",
        tz="Europe/Paris",
        tz_offset_s=3600,
        email="eve@example.com",
    ),
    User("U0SAM", "sam", "Sam Reyes", "SRE, operator", color="3b6e8f", email="sam@example.com"),
    User("U0GUS", "gus", "Gus Weber", "Guest", color="777777", is_guest=True),
)

_ENGINEERS = ("U0ANA", "U0BEN", "U0CHI", "U0DEV", "U0EVE", "U0SAM")

GROUPS = (
    Group("S0ENG", "engineers", "Engineers", _ENGINEERS),
    Group("S0OPS", "operators", "Operators (SRE)", ("U0ANA", "U0SAM")),
    Group("S0IC", "incident-commanders", "Incident commanders", ("U0ANA",)),
    Group("S0MIP", "miyabi-platform", "Miyabi platform team", ("U0CHI",)),
    Group("S0MIO", "miyabi-oncall", "On call for Miyabi Web", ("U0CHI",)),
    Group("S0MID", "miyabi-devops", "Miyabi DevOps", ("U0CHI",)),
    Group("S0UMW", "usage-metrics-owners", "Usage Metrics owners", ("U0DEV",)),
    Group("S0UMO", "usage-metrics-oncall", "On call for Usage Metrics", ("U0ANA",)),
    Group("S0ARW", "architect-owners", "Architect owners", ("U0BEN", "U0SAM")),
    Group("S0ARO", "architect-oncall", "On call for Architect", ("U0BEN",)),
    Group("S0BPD", "brutal-patches-dev", "Brutal Patches team", ("U0EVE",)),
)

CHANNELS = (
    Channel(
        "C0INC", "incidents", (*_ENGINEERS, "U0GUS", "UBOT"), "Incidents are announced here", is_general=True
    ),
    Channel("C0OPS", "ops", (*_ENGINEERS, "UBOT"), "Day-to-day changes"),
    Channel("C0RND", "random", (*_ENGINEERS, "U0GUS"), "Everything else"),
)
