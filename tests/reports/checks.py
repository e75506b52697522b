"""The foreign reader of each format."""

from .codequality_reader import check_codequality
from .dotenv_reader import check_dotenv
from .github_reader import check_github
from .gitlab_reader import check_gitlab
from .html_reader import check_html
from .json_reader import check_json
from .markdown_reader import check_markdown
from .readers import check_junit, check_table
from .sarif_reader import check_sarif
from .vsa_reader import check_vsa

CHECKS = {
    "table": check_table,
    "json": check_json,
    "junit": check_junit,
    "sarif": check_sarif,
    "gitlab": check_gitlab,
    "codequality": check_codequality,
    "markdown": check_markdown,
    "html": check_html,
    "github": check_github,
    "vsa": check_vsa,
    "dotenv": check_dotenv,
}
SUFFIXES = {
    "table": "txt",
    "json": "json",
    "junit": "xml",
    "sarif": "sarif",
    "gitlab": "gitlab.json",
    "codequality": "codequality.json",
    "markdown": "md",
    "html": "html",
    "github": "github.txt",
    "vsa": "intoto.jsonl",
    "dotenv": "env",
}
