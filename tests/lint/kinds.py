"""What is known of a kind stands in its folder, agent/api/kinds/<kind>/; what treats kinds alike names none of them.

Each kind of the list (agent/api/kinds/kinds.h) has its folder with kind.cc and fields.h, and each folder is in the list.
"""
import re

LIST = "agent/api/kinds/kinds.h"
KINDS, SHARED = "agent/api/kinds/", "agent/api/kinds/shared/"

# Where all kinds are treated alike.
GENERIC = ("agent/api/", "agent/store/", "agent/objects/", "agent/manifests/", "agent/apiserver/rest/",
           "agent/apiserver/discovery/", "agent/apiserver/watch/")

# Verbs that Kubernetes has for one kind alone: binding, the end of a pod, the emptying of a namespace, tokens, proxies.
SPECIAL = {
    "agent/objects/local/claim_protection.cc": {"PersistentVolumeClaim", "Pod"},
    "agent/objects/local/removal.cc": {"Namespace", "Pod"},
    "agent/objects/local/local_objects.cc": {"Pod"},
    "agent/objects/local/admission/ending_namespaces.cc": {"Namespace"},
    "agent/objects/local/admission/limit_ranges.cc": {"LimitRange", "PersistentVolumeClaim", "Pod"},
    "agent/objects/local/admission/limits.cc": {"PersistentVolumeClaim", "Pod"},
    "agent/objects/local/admission/namespaces.cc": {"Namespace"},
    "agent/objects/local/admission/pods.cc": {"Pod"},
    "agent/objects/local/admission/pod_securities.cc": {"Namespace", "Pod"},
    "agent/objects/local/admission/priorities.cc": {"Pod"},
    "agent/objects/local/admission/ingress_classes.cc": {"Ingress", "IngressClass"},
    "agent/objects/local/admission/quotas.cc": {"Pod"},
    "agent/objects/local/admission/resource_quotas.cc": {"Event", "PersistentVolumeClaim", "Pod", "Service"},
    "agent/objects/local/admission/runtime_classes.cc": {"Pod"},
    "agent/objects/local/admission/service_accounts.cc": {"Pod", "ServiceAccount"},
    "agent/objects/local/token_request.cc": {"Pod", "Node", "Secret"},
    "agent/manifests/apply.cc": {"Pod"},
    "agent/apiserver/rest/write.cc": {"Namespace"},
    "agent/apiserver/rest/api.cc": {"Namespace"},
    "agent/apiserver/rest/subresources.cc": {"Node", "Pod"},
    "agent/apiserver/rest/eviction.cc": {"Pod"},
    "agent/apiserver/rest/route.cc": {"namespaces"},  # a part of every path
    "agent/api/openapi/resources.cc": {"pods", "services", "nodes"},
}

TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


def folder_of(kind):
    return KINDS + re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower() + "/"


def listed(tree):
    """The kinds by their names ("ConfigMap"), which are those of their folders ("config_map")."""
    text = "\n".join(line for _, line in tree.lines(LIST)) if tree.has(LIST) else ""
    folders = re.findall(r"^ +KIND\((\w+)\)", text, re.MULTILINE)
    return ["".join(word.capitalize() for word in folder.split("_")) for folder in folders]


def words_of(tree, kinds):
    """What a kind is called, and its types: word -> folder."""
    words = {}
    for kind in kinds:
        path = folder_of(kind) + "kind.cc"
        text = "\n".join(line for _, line in tree.lines(path)) if tree.has(path) else ""
        names = set(re.findall(r'\.kind = "(\w+)"', text)) | {kind}
        words.update({name + end: folder_of(kind) for name in names for end in ("", "Spec", "Status")})
        words.update({plural: folder_of(kind) for plural in re.findall(r'\.plural = "(\w+)"', text)})
    return words


def check(tree):
    kinds = listed(tree)
    words = words_of(tree, kinds)
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
                if text in words and text not in SPECIAL.get(path, ()):
                    yield path, number, f'names the kind "{text}": what is known of it belongs to {words[text]}'
