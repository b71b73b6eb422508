"""What is known of a kind stands in its folder, agent/api/kinds/<kind>/; what treats kinds alike names none of them.

Each kind of the list (agent/api/kinds/kinds.h) has its folder with kind.cc and fields.h, and each folder is in the list.
"""
import re

LIST = "agent/api/kinds/kinds.h"
KINDS, SHARED = "agent/api/kinds/", "agent/api/kinds/shared/"

# Where all kinds are treated alike.
GENERIC = ("agent/api/", "agent/store/", "agent/objects/", "agent/manifests/", "agent/apiserver/rest/",
           "agent/apiserver/discovery/", "agent/apiserver/watch/")

# Verbs that Kubernetes has for one kind alone: binding, the end of a pod, the emptying of a namespace.
SPECIAL = {
    "agent/objects/local/claim_protection.cc": {"PersistentVolumeClaim", "Pod"},
    "agent/objects/local/removal.cc": {"Namespace", "Pod"},
    "agent/objects/local/local_objects.cc": {"Pod"},
    "agent/objects/local/admission/namespaces.cc": {"Namespace"},
    "agent/objects/local/admission/pods.cc": {"Pod"},
    "agent/manifests/apply.cc": {"Pod"},
    "agent/apiserver/rest/write.cc": {"Namespace"},
    "agent/apiserver/rest/api.cc": {"Namespace"},
    "agent/apiserver/rest/subresources.cc": {"Node"},
}

TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


def folder_of(kind):
    return KINDS + re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower() + "/"


def listed(tree):
    """The kinds by their names ("ConfigMap"), which are those of their folders ("config_map")."""
    text = "\n".join(line for _, line in tree.lines(LIST)) if tree.has(LIST) else ""
    folders = re.findall(r"^ +KIND\((\w+)\)", text, re.MULTILINE)
    return ["".join(word.capitalize() for word in folder.split("_")) for folder in folders]


def check(tree):
    kinds = listed(tree)
    for kind in kinds:
        for name in ("kind.cc", "fields.h"):
            if not tree.has(folder_of(kind) + name):
                yield LIST, 0, f"{kind} is listed and has no {folder_of(kind)}{name}"
    folders = {folder_of(kind) for kind in kinds}
    for path in tree.ending("/kind.cc"):
        if path.startswith(KINDS) and path[:-len("kind.cc")] not in folders:
            yield path, 0, f"is in no line of {LIST}"
    for path in tree.ending(".cc", ".h"):
        if not path.startswith(GENERIC) or path.startswith(KINDS):
            continue
        for number, line in tree.lines(path):
            for text in TEXT.findall(line.split("//")[0]):
                if text in kinds and text not in SPECIAL.get(path, ()):
                    yield path, number, f'names the kind "{text}": what is known of it belongs to {folder_of(text)}'
