"""Judges deploy/: Helm itself lints and renders the chart, systemd reads the unit.

usage: check.py SETTINGS, where SETTINGS is what `lyceum config --json` prints
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from helm_python import Chart, chart as helm
from helm_python.errors import HelmError

DEPLOY = Path(__file__).parents[2] / "deploy"
CHART = DEPLOY / "helm" / "lyceum"
FULL = {
    "replicas": 3,
    "blobs": {"url": "s3://bucket/prefix", "secret": "bucket", "endpoint": "https://s3.example.org"},
    "settings": {"max_body": 64, "max_queue_tokens": 5000000, "log_prompts": True},
    "env": [{"name": "OTEL_SERVICE_NAME", "value": "mine"}],
    "data": {"existingClaim": "models"},
    "ingress": {"enabled": True, "className": "nginx", "tls": {"secret": "tls"},
                "annotations": {"a/b": "off"}},
    "podAnnotations": {"a": "b"},
    "serviceAccount": {"name": "opener"},
    "nodeSelector": {"disk": "ssd"},
    "tolerations": [{"operator": "Exists"}],
}


def lint(values):
    report = helm.lint(CHART, values, strict=True)
    bad = [m for m in report["messages"] if m["severity"] >= 2]
    assert not bad and not report["errors"], report


def render(values):
    with Chart.load(CHART) as chart:
        files = chart.render(values, name="mine", namespace="default")
    documents = (yaml.safe_load(text) for text in files.values() if text.strip())
    return {document["kind"]: document for document in documents if document}


def variables(rendered):
    container = rendered["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    names = [variable["name"] for variable in container["env"]]
    assert len(names) == len(set(names)), names
    return {v["name"]: v.get("value", v.get("valueFrom")) for v in container["env"]}


def chart(known):
    one = {"replicas": 1}
    lint(one)
    lint(FULL)
    plain, full = render(one), render(FULL)
    assert set(plain) == {"Deployment", "Service", "PodDisruptionBudget"}, set(plain)
    assert set(full) == set(plain) | {"Ingress"}, set(full)
    try:
        render({})
        raise AssertionError("several servers without a bucket are not refused")
    except HelmError as e:
        assert "blobs.url is empty" in str(e), e
    spec = full["Deployment"]["spec"]
    assert spec["replicas"] == 3
    labels = spec["template"]["metadata"]["labels"]
    for selector in (spec["selector"]["matchLabels"], full["Service"]["spec"]["selector"],
                     full["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"]):
        assert selector.items() <= labels.items(), (selector, labels)
    container = spec["template"]["spec"]["containers"][0]
    for probe in ("startupProbe", "readinessProbe"):
        assert container[probe]["httpGet"] == {"path": "/health", "port": "http"}
    got = variables(full)
    assert got["LYCEUM_MAX_BODY"] == "64" and got["LYCEUM_MAX_QUEUE_TOKENS"] == "5000000", got
    assert got["LYCEUM_LOG_PROMPTS"] == "true" and got["OTEL_SERVICE_NAME"] == "mine", got
    assert got["LYCEUM_DATABASE_URL"] == {"secretKeyRef": {"name": "lyceum-database", "key": "url"}}
    assert got["AWS_ENDPOINT_URL"] == "https://s3.example.org", got
    unknown = [name for name in got if name.startswith("LYCEUM_") and name not in known]
    assert not unknown, f"the chart sets {unknown}, which are no settings"


def others(known):
    words = (DEPLOY / "lyceum.service").read_text() + (DEPLOY / "Dockerfile").read_text()
    words = words.replace("=", " ").replace(",", " ").replace("\"", " ").replace("/", " ").split()
    named = {word.strip("$:.\\") for word in words if word.strip("$").startswith("LYCEUM_")}
    assert named and named <= known, named - known


def unit():
    if not shutil.which("systemd-analyze"):
        print("skipped: lyceum.service, as there is no systemd-analyze")
        return
    text = (DEPLOY / "lyceum.service").read_text()
    with tempfile.TemporaryDirectory() as folder:
        # The program need not be installed.
        copy = Path(folder) / "lyceum.service"
        copy.write_text(text.replace("/usr/local/bin/lyceum", "/bin/true"))
        run = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True)
    own = [line for line in run.stderr.splitlines() if "lyceum" in line]
    assert run.returncode == 0 and not own, run.stderr


settings = json.loads(Path(sys.argv[1]).read_text())
known = {setting["variable"] for setting in settings["settings"]}
chart(known)
others(known | {"LYCEUM_CONFIG"})
unit()
print("the chart, the unit and the Dockerfile's variables are sound")
