"""Copies the tests that OpenAI ships with its Python SDKs into folders of their own.

Usage: suites.py FOLDER

With openai 0.27.8 installed: its live tests, which lie inside the package,
where they would import themselves instead of the SDK. With a newer one: the
generated tests, from the source distribution of the installed version, fetched
by the machine's own pip. Prints where they are: FOLDER/VERSION, which is left
as it is if it is there.
"""

import shutil
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

LIVE = ["test_endpoints.py", "test_file_cli.py", "asyncio/test_endpoints.py"]


def main():
    folder = Path(sys.argv[1]) / version("openai")
    if not folder.exists():
        fetch(folder)
    print(folder if version("openai").startswith("0.") else folder / "tests/api_resources")


def fetch(folder):
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    copy = live if version("openai").startswith("0.") else generated
    copy(partial)
    partial.rename(folder)


def live(folder):
    tests = Path(find_spec("openai").submodule_search_locations[0]) / "tests"
    for name in LIVE:
        # One flat folder: a package called asyncio would hide Python's.
        shutil.copy(tests / name, folder / name.replace("asyncio/test_", "test_async_"))


def generated(folder):
    wanted = "openai==" + version("openai")
    with tempfile.TemporaryDirectory() as downloads:
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                        "--disable-pip-version-check", "--no-binary", "openai",
                        "--dest", downloads, wanted], check=True)
        [archive] = Path(downloads).glob("*.tar.gz")
        with tarfile.open(archive) as source:
            for member in source.getmembers():
                inside = member.name.partition("/")[2]
                if member.isfile() and inside.startswith("tests/") and ".." not in inside:
                    target = folder / inside
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(source.extractfile(member).read())


if __name__ == "__main__":
    main()
