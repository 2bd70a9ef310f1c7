"""What secrets of vendors look like by themselves, each from the format that the vendor documents."""

SHAPES = (
    # Slack: bot, user, app, refresh and configuration tokens; incoming webhooks and workflow triggers.
    r"xox[abeoprs]-[A-Za-z0-9-]{10,}",
    r"xapp-\d-[A-Za-z0-9-]{10,}",
    r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{8,}",
    # AWS: ids of access keys (the keys themselves are told by their names).
    r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b",
    # GitHub and GitLab.
    r"\bgh[pousr]_[A-Za-z0-9]{16,}",
    r"\bgithub_pat_[A-Za-z0-9_]{20,}",
    r"\bgl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_.-]{20,}",
    # Payment: Stripe's secret and restricted keys and signing secrets; Square.
    r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,}",
    r"\bwhsec_[A-Za-z0-9+/=]{20,}",
    r"\bsq0(?:atp|csp)-[A-Za-z0-9_-]{22,}",
    # Google: API keys, OAuth access and refresh tokens, client secrets.
    r"\bAIza[A-Za-z0-9_-]{35}",
    r"\bya29\.[A-Za-z0-9_-]{20,}",
    r"\b1//0[A-Za-z0-9_-]{20,}",
    r"\bGOCSPX-[A-Za-z0-9_-]{20,}",
    # Registries of packages and images.
    r"\bnpm_[A-Za-z0-9]{30,}",
    r"\bpypi-[A-Za-z0-9_-]{50,}",
    r"\bdckr_[op]at_[A-Za-z0-9_-]{20,}",
    r"\brubygems_[a-f0-9]{40,}",
    # Mail and messages: SendGrid, Mailgun, Mailchimp, Twilio, Discord, Telegram.
    r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    r"\bkey-[a-f0-9]{32}\b",
    r"\b[a-f0-9]{32}-us\d{1,2}\b",
    r"\bSK[a-f0-9]{32}\b",
    r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",
    r"\b\d{8,10}:AA[A-Za-z0-9_-]{32,}",
    # Providers of models: OpenAI, Anthropic and others that begin alike; Hugging Face, Groq, Replicate, xAI.
    r"\bsk-[A-Za-z0-9_-]{20,}",
    r"\bhf_[A-Za-z0-9]{30,}",
    r"\bgsk_[A-Za-z0-9]{40,}",
    r"\br8_[A-Za-z0-9]{30,}",
    r"\bxai-[A-Za-z0-9]{40,}",
    # Clouds and what runs on them.
    r"\bdo[opr]_v1_[a-f0-9]{64}",
    r"\bhv[sbr]\.[A-Za-z0-9_-]{20,}",
    r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{40,}",
    r"\bdapi[a-f0-9]{32}",
    r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}",
    r"\bNR(?:AK|RA|AA)-[A-Za-z0-9]{20,}",
    r"\bgl(?:sa|c)_[A-Za-z0-9+/=_]{32,}",
    r"\bsntry[su]_[A-Za-z0-9+/=_-]{20,}",
    r"\bATATT3[A-Za-z0-9_=-]{40,}",
    r"\blin_api_[A-Za-z0-9]{30,}",
    r"\bntn_[A-Za-z0-9]{40,}",
    r"\bPMAK-[a-f0-9]{24}-[a-f0-9]{34}",
    r"\bAGE-SECRET-KEY-1[A-Z0-9]{50,}",
)
"""Each is decided within a hundred characters of its beginning."""

LONG_SHAPES = (
    # Any issuer: JSON Web Tokens (RFC 7519), private keys in PEM (RFC 7468).
    (b"eyJ", r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}"),
    (
        b"-----BEGIN",
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?s:.*?)"
        r"(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\z)",
    ),
)
"""What each begins with, and its pattern: how long they are only their end tells."""
