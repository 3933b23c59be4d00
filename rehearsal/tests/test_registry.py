import datetime
import hashlib
import http.client
import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from conftest import Account
from push import INDEX, Registry, digest


@pytest.fixture
def registry(account: Account) -> Registry:
    ecr = account.client("ecr")
    for name in ("items/backend", "items/frontend"):
        ecr.create_repository(repositoryName=name, imageTagMutability="IMMUTABLE")
    ecr.create_repository(repositoryName="items/loose")
    return Registry(account)


def test_a_token_lasts_twelve_hours(account: Account) -> None:
    [data] = account.client("ecr").get_authorization_token()["authorizationData"]
    left = data["expiresAt"] - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(hours=11, minutes=59) < left <= datetime.timedelta(hours=12)


def test_without_a_token_the_registry_asks_for_basic(registry: Registry) -> None:
    refused = registry.ask("GET", "", Authorization="Bearer nothing")
    assert (refused.status, refused.code()) == (401, "UNAUTHORIZED")
    assert refused.headers["WWW-Authenticate"].startswith("Basic ")
    assert registry.ask("GET", "").status == 200


def test_an_unknown_repository_is_name_unknown(registry: Registry) -> None:
    refused = registry.ask("POST", "items/nothing/blobs/uploads/")
    assert (refused.status, refused.code()) == (404, "NAME_UNKNOWN")


def test_a_token_is_good_for_its_own_region(registry: Registry) -> None:
    elsewhere = Registry(registry.account, "eu-west-1")
    assert elsewhere.ask("POST", "items/backend/blobs/uploads/").code() == "NAME_UNKNOWN"


def test_a_pushed_image_is_seen_by_the_control_plane_under_its_true_digest(registry: Registry) -> None:
    manifest = registry.image("items/backend", b"layer")
    pushed = registry.manifest("items/backend", "v1", manifest)
    assert (pushed.status, pushed.headers["Docker-Content-Digest"]) == (201, digest(manifest))
    ecr = registry.account.client("ecr")
    [detail] = ecr.describe_images(repositoryName="items/backend")["imageDetails"]
    assert (detail["imageDigest"], detail["imageTags"]) == (digest(manifest), ["v1"])
    assert detail["imageSizeInBytes"] == len(b"layer")
    [image] = ecr.batch_get_image(repositoryName="items/backend", imageIds=[{"imageTag": "v1"}])["images"]
    assert image["imageManifest"].encode() == manifest


def test_what_was_pushed_can_be_pulled(registry: Registry) -> None:
    manifest = registry.image("items/backend", b"layer")
    registry.manifest("items/backend", "v1", manifest)
    for reference in ("v1", digest(manifest)):
        assert registry.ask("GET", f"items/backend/manifests/{reference}").body == manifest
    assert registry.ask("GET", f"items/backend/blobs/{digest(b'layer')}").body == b"layer"
    head = registry.ask("HEAD", f"items/backend/blobs/{digest(b'layer')}")
    assert (head.status, head.headers["Content-Length"]) == (200, "5")
    assert registry.ask("HEAD", f"items/frontend/blobs/{digest(b'layer')}").status == 404


def test_an_upload_can_go_in_pieces(registry: Registry) -> None:
    location = registry.ask("POST", "items/backend/blobs/uploads/").headers["Location"]
    first = registry.ask("PATCH", location, b"one", Content_Range="0-2")
    assert (first.status, first.headers["Range"]) == (202, "0-2")
    astray = registry.ask("PATCH", location, b"two", Content_Range="7-9")
    assert (astray.status, astray.headers["Range"]) == (416, "0-2")
    registry.ask("PATCH", location, b"two", Content_Range="3-5")
    assert registry.ask("PUT", f"{location}?digest={digest(b'onetwo')}", b"").status == 201
    assert registry.ask("GET", f"items/backend/blobs/{digest(b'onetwo')}").body == b"onetwo"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads what Linux says of a process' memory")
def test_a_layer_is_streamed_into_a_file_and_never_held_in_memory(registry: Registry) -> None:
    def memory() -> int:
        [line] = [line for line in Path(f"/proc/{registry.account.pid}/status").read_text().splitlines() if "VmHWM" in line]
        return int(line.split()[1])

    before, piece, pieces = memory(), b"layer" * 200_000, 200
    whole = hashlib.sha256()
    for _ in range(pieces):
        whole.update(piece)
    location = urlsplit(registry.ask("POST", "items/backend/blobs/uploads/").headers["Location"])
    connection = http.client.HTTPConnection(location.netloc)
    authorization = {"Authorization": f"Basic {registry.token}"}
    connection.request("PATCH", location.path, (piece for _ in range(pieces)), authorization, encode_chunked=True)
    assert connection.getresponse().status == 202
    layer = f"sha256:{whole.hexdigest()}"
    assert registry.ask("PUT", f"{location.geturl()}?digest={layer}", b"").status == 201
    head = registry.ask("HEAD", f"items/backend/blobs/{layer}")
    assert int(head.headers["Content-Length"]) == len(piece) * pieces
    assert memory() - before < 50_000, "kB more than before"


def test_a_wrong_digest_is_refused_and_nothing_stays(registry: Registry) -> None:
    location = registry.ask("POST", "items/backend/blobs/uploads/").headers["Location"]
    refused = registry.ask("PUT", f"{location}?digest={digest(b'this')}", b"that")
    assert (refused.status, refused.code()) == (400, "DIGEST_INVALID")
    assert registry.ask("HEAD", f"items/backend/blobs/{digest(b'this')}").status == 404


def test_a_blob_is_mounted_once_an_image_of_the_sibling_names_it(registry: Registry) -> None:
    manifest = registry.image("items/backend", b"base")
    mount = f"items/frontend/blobs/uploads/?mount={digest(b'base')}&from=items/backend"
    unnamed = registry.ask("POST", mount)
    assert (unnamed.status, "uploads" in unnamed.headers["Location"]) == (202, True)
    registry.manifest("items/backend", "v1", manifest)
    assert registry.ask("POST", mount).status == 201
    assert registry.ask("GET", f"items/frontend/blobs/{digest(b'base')}").body == b"base"


def test_no_blob_is_mounted_when_the_account_says_so(registry: Registry) -> None:
    registry.manifest("items/backend", "v1", registry.image("items/backend", b"base"))
    ecr = registry.account.client("ecr")
    ecr.put_account_setting(name="BLOB_MOUNTING", value="DISABLED")
    assert ecr.get_account_setting(name="BLOB_MOUNTING")["value"] == "DISABLED"
    mount = f"items/frontend/blobs/uploads/?mount={digest(b'base')}&from=items/backend"
    assert registry.ask("POST", mount).status == 202


def test_an_immutable_tag_stays_where_it_is(registry: Registry) -> None:
    first, second = registry.image("items/backend", b"one"), registry.image("items/backend", b"two")
    assert registry.manifest("items/backend", "v1", first).status == 201
    assert registry.manifest("items/backend", "v1", first).status == 201
    refused = registry.manifest("items/backend", "v1", second)
    assert (refused.status, refused.code()) == (400, "TAG_INVALID")


def test_a_mutable_tag_moves(registry: Registry) -> None:
    first, second = registry.image("items/loose", b"one"), registry.image("items/loose", b"two")
    for manifest in (first, second):
        registry.manifest("items/loose", "latest", manifest)
    assert registry.ask("GET", "items/loose/manifests/latest").body == second
    details = registry.account.client("ecr").describe_images(repositoryName="items/loose")["imageDetails"]
    assert {one["imageDigest"]: one.get("imageTags") for one in details} == {digest(first): None, digest(second): ["latest"]}


def test_an_index_wants_its_children_first(registry: Registry) -> None:
    child = registry.image("items/backend", b"layer")
    entry = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest(child), "size": len(child)}
    index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}).encode()
    assert registry.manifest("items/backend", "v1", index, INDEX).code() == "MANIFEST_BLOB_UNKNOWN"
    assert registry.manifest("items/backend", None, child).status == 201
    assert registry.manifest("items/backend", "v1", index, INDEX).status == 201
    pulled = registry.ask("GET", "items/backend/manifests/v1")
    assert (pulled.body, pulled.headers["Content-Type"]) == (index, INDEX)


def test_a_manifest_wants_its_blobs_first(registry: Registry) -> None:
    manifest = registry.image("items/backend", b"layer")
    refused = registry.manifest("items/frontend", "v1", manifest)
    assert (refused.status, refused.code()) == (400, "MANIFEST_BLOB_UNKNOWN")


def test_tags_come_in_pages(registry: Registry) -> None:
    manifest = registry.image("items/loose", b"one")
    for tag in ("a", "b", "c"):
        registry.manifest("items/loose", tag, manifest)
    page = registry.ask("GET", "items/loose/tags/list?n=2")
    assert json.loads(page.body)["tags"] == ["a", "b"]
    assert 'last=b>; rel="next"' in page.headers["Link"]


def test_what_refers_to_an_image_is_listed_in_pages(registry: Registry) -> None:
    subject = registry.image("items/backend", b"layer")
    assert registry.manifest("items/backend", "v1", subject).status == 201
    listed = f"items/backend/referrers/{digest(subject)}"
    assert json.loads(registry.ask("GET", listed).body)["manifests"] == []
    for number in range(51):
        said = {**json.loads(subject), "subject": {"digest": digest(subject)}, "artifactType": "a/signature"}
        said["annotations"] = {"number": str(number)}
        assert registry.manifest("items/backend", None, json.dumps(said).encode()).status == 201
    first = registry.ask("GET", listed)
    pages = [
        json.loads(first.body)["manifests"],
        json.loads(registry.ask("GET", f"{listed}?nextToken=50").body)["manifests"],
    ]
    assert [len(page) for page in pages] == [50, 1]
    assert 'nextToken=50>; rel="next"' in first.headers["Link"]
    (last,) = pages[1]
    assert (last["artifactType"], last["annotations"]) == ("a/signature", {"number": "50"})
    assert registry.ask("DELETE", listed).status == 405


def test_an_image_put_through_the_api_has_its_true_digest(registry: Registry) -> None:
    manifest = registry.image("items/backend", b"layer")
    ecr = registry.account.client("ecr")
    put = ecr.put_image(repositoryName="items/backend", imageManifest=manifest.decode(), imageTag="api")
    assert put["image"]["imageId"]["imageDigest"] == digest(manifest)


def test_blobs_go_with_their_repository(registry: Registry) -> None:
    registry.blob("items/loose", b"gone")
    ecr = registry.account.client("ecr")
    ecr.delete_repository(repositoryName="items/loose")
    with pytest.raises(ClientError, match="RepositoryNotFound"):
        ecr.describe_images(repositoryName="items/loose")
    ecr.create_repository(repositoryName="items/loose")
    assert registry.ask("HEAD", f"items/loose/blobs/{digest(b'gone')}").status == 404
