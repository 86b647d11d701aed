"""What is shipped for deployment: it names what exists, pins what it takes, and holds no secret."""

import re
import tomllib
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
import yaml

from api.addresses import is_within

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def test_image_is_made_of_files_that_exist_and_reach_the_builder() -> None:
    sent = (ROOT / ".dockerignore").read_text("utf-8")
    for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE):
        *sources, _ = line.split()
        for source in sources:
            assert (ROOT / source).exists(), source
            assert f"!{source}\n" in sent, source


def test_images_are_pinned_by_version() -> None:
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    images += [one["image"] for one in COMPOSE["services"].values()]
    for image in images:
        name, _, tag = image.partition(":")
        assert re.match(r"\d+\.\d+(\.\d+)?", tag), name


def test_packages_are_locked_by_hash() -> None:
    assert "--require-hashes" in DOCKERFILE
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "hatchling==" in lock
    assert lock.count("--hash=sha256:") > 100


def test_image_runs_as_nobody_in_particular_and_ends_by_sigterm() -> None:
    user = DOCKERFILE.rindex("\nUSER 10001\n")
    assert DOCKERFILE.index("\nENTRYPOINT") > user
    assert "STOPSIGNAL SIGTERM" in DOCKERFILE
    assert "HEALTHCHECK" in DOCKERFILE


def test_every_service_has_a_health_check_and_keeps_its_rights_small() -> None:
    services = COMPOSE["services"]
    assert "healthcheck" in services["database"]
    assert services["service"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert services["service"]["read_only"] is True
    assert services["service"]["cap_drop"] == ["ALL"]
    assert all(one.startswith("127.0.0.1:") for one in services["service"]["ports"])


def test_secrets_are_files_that_are_not_here() -> None:
    named = {one for service in COMPOSE["services"].values() for one in service["secrets"]}
    assert named == set(COMPOSE["secrets"])
    for one in COMPOSE["secrets"].values():
        assert one["file"].startswith("./secrets/")
    here = [path.name for path in (DEPLOY / "secrets").iterdir()]
    assert (DEPLOY / "secrets" / ".gitignore").read_text("utf-8").endswith("*\n!.gitignore\n")
    assert ".gitignore" in here


@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("*")), ids=lambda path: path.name)
def test_nothing_in_the_folder_is_a_secret(path: Path) -> None:
    if path.is_file() and path.parent.name != "secrets":
        text = path.read_text("utf-8")
        assert not re.search(r"\b(?:0x)?[0-9a-fA-F]{64}\b", text)
        assert not re.search(r"(?i)password[ \t]*[:=][ \t]*['\"]?\w", text)


def test_environment_of_the_service_is_what_it_reads() -> None:
    environment = COMPOSE["services"]["service"]["environment"]
    secrets = COMPOSE["services"]["service"]["secrets"]
    assert {Path(one).name for one in environment.values()} == set(secrets)


def test_proxy_on_the_machine_is_trusted_by_the_address_at_which_the_service_sees_it() -> None:
    [network] = COMPOSE["networks"]["default"]["ipam"]["config"]
    production = tomllib.loads((DEPLOY / "env" / "production.toml").read_text("utf-8"))
    assert network["gateway"] in production["fenbook"]["door"]["trusted_proxies"]
    assert ip_address(network["gateway"]) in ip_network(network["subnet"])
    assert all("networks" not in one for one in COMPOSE["services"].values())


def test_measures_are_there_for_the_host_and_the_network_and_nobody_else() -> None:
    [network] = COMPOSE["networks"]["default"]["ipam"]["config"]
    production = tomllib.loads((DEPLOY / "env" / "production.toml").read_text("utf-8"))
    named = tuple(production["fenbook"]["door"]["metrics_networks"])
    assert is_within(network["gateway"], named)
    assert all(is_within(str(one), named) for one in ip_network(network["subnet"]).hosts())
    apart = [one for one in map(ip_network, named) if not one.is_loopback]
    assert apart == [ip_network(network["subnet"])]
