"""What a program on the Python client does: list, watch, create, patch, delete, and an informer's resume after 410.

Run with the kubeconfig in KUBECONFIG; ends with 0 when everything came out as it should.
"""
import itertools
import threading

from kubernetes import client, config, watch
from kubernetes.client.rest import ApiException

config.load_kube_config()
core, apps = client.CoreV1Api(), client.AppsV1Api()


def make(name, data):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels={"made-by": "python"}), data=data)


def crud():
    made = core.create_namespaced_config_map("default", make("one", {"a": "1"}))
    assert made.metadata.uid and made.data == {"a": "1"}
    patched = core.patch_namespaced_config_map("one", "default", {"data": {"b": "2"}})
    assert patched.data == {"a": "1", "b": "2"}, patched.data
    patched.data = {"c": "3"}
    replaced = core.replace_namespaced_config_map("one", "default", patched)
    assert replaced.data == {"c": "3"}
    try:
        core.replace_namespaced_config_map("one", "default", patched)
        raise AssertionError("a stale write went through")
    except ApiException as error:
        assert error.status == 409, error
    core.delete_namespaced_config_map("one", "default")
    try:
        core.read_namespaced_config_map("one", "default")
        raise AssertionError("a deleted object was read")
    except ApiException as error:
        assert error.status == 404 and error.reason == "Not Found", error


def paging():
    for i in range(25):
        core.create_namespaced_config_map("default", make(f"page-{i:02}", {}))
    names, token = [], None
    while True:
        page = core.list_namespaced_config_map("default", label_selector="made-by=python", limit=10, _continue=token)
        names += [item.metadata.name for item in page.items]
        token = page.metadata._continue
        if not token:
            break
    assert names == [f"page-{i:02}" for i in range(25)], names
    core.delete_collection_namespaced_config_map("default", label_selector="made-by=python")
    assert not core.list_namespaced_config_map("default", label_selector="made-by=python").items


def watching():
    begin = core.list_namespaced_config_map("default").metadata.resource_version
    seen = []

    def read():
        stream = watch.Watch().stream(core.list_namespaced_config_map, "default", resource_version=begin,
                                      label_selector="made-by=python", timeout_seconds=30)
        for event in itertools.islice(stream, 3):
            seen.append((event["type"], event["object"].metadata.name))
    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    core.create_namespaced_config_map("default", make("seen", {}))
    core.patch_namespaced_config_map("seen", "default", {"data": {"x": "y"}})
    core.delete_namespaced_config_map("seen", "default")
    reader.join(40)
    assert seen == [("ADDED", "seen"), ("MODIFIED", "seen"), ("DELETED", "seen")], seen


def resume_after_expiry():
    """A watch from a revision that is no longer kept ends with 410, and a new list goes on from there."""
    try:
        for _ in watch.Watch().stream(core.list_namespaced_config_map, "default", resource_version="1",
                                      timeout_seconds=5):
            raise AssertionError("an event from a forgotten time")
        raise AssertionError("a watch from a forgotten time was accepted")
    except ApiException as error:
        assert error.status == 410, error
    begin = core.list_namespaced_config_map("default").metadata.resource_version
    core.create_namespaced_config_map("default", make("after", {}))
    stream = watch.Watch().stream(core.list_namespaced_config_map, "default", resource_version=begin,
                                  timeout_seconds=30)
    event = next(iter(stream))
    assert (event["type"], event["object"].metadata.name) == ("ADDED", "after"), event
    core.delete_namespaced_config_map("after", "default")


def kinds():
    assert [node.metadata.name for node in core.list_node().items] == ["e2e-node"]
    assert apps.list_stateful_set_for_all_namespaces().items == []
    assert "default" in [ns.metadata.name for ns in core.list_namespace().items]
    assert client.VersionApi().get_code().major == "1"


for step in (crud, paging, watching, resume_after_expiry, kinds):
    step()
    print(f"{step.__name__}: ok")
