#!/usr/bin/env python3
"""A verifier of countersign-evidence/1, written from docs/evidence-format.md with the
standard library only. What it leaves out, the page says under Test vectors. It judges vectors:

    verify.py vectors.json

and prints a line for each, with the names of the checks that fail."""
import base64, hashlib, json, re, struct, sys
from datetime import datetime, timedelta, timezone


class Bad(Exception):
    pass


def need(condition, why):
    if not condition:
        raise Bad(why)


# --- JSON -----------------------------------------------------------------------------

def pairs(items):
    return items  # keeps members that stand twice, and their order


def quote(text):
    out = []
    for ch in text:
        short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(ch)
        if short:
            out.append(short)
        elif ord(ch) < 0x20 or ch in "\u2028\u2029":
            out.append("\\u%04x" % ord(ch))
        else:
            out.append(ch)
    return '"' + "".join(out) + '"'


def compact(text):
    """The same JSON without white space between its parts."""
    return "".join(m.group(0) for m in re.finditer(r'"(?:[^"\\]|\\.)*"|[^\s"]+', text))


def indent(text, depth):
    """Compact JSON on lines of its own."""
    out, pad = [], lambda: "\n" + "  " * depth
    tokens = re.findall(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s"{}\[\],:]+', text)
    i = 0
    while i < len(tokens):
        t = tokens[i]
        if t in "{[" and tokens[i + 1] in "}]":
            out.append(t + tokens[i + 1])
            i += 1
        elif t in "{[":
            depth += 1
            out.append(t + pad())
        elif t in "}]":
            depth -= 1
            out.append(pad() + t)
        elif t == ",":
            out.append("," + pad())
        else:
            out.append(": " if t == ":" else t)
        i += 1
    return "".join(out)


def raw_value(text, name):
    """The text of a top member that is an object."""
    m = re.search(r'\n  "%s": ' % name, text)
    need(m, "no " + name)
    at, depth = m.end(), 0
    for t in re.finditer(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', text[at:]):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(t.group(0), 0)
        if depth == 0:
            return compact(text[at:at + t.end()])
    raise Bad("no end of " + name)


def no_member_twice(items):
    names = [k for k, _ in items]
    need(len(names) == len(set(names)), "a member stands twice")
    return dict(items)


KINDS = {"attested-statement": None, "shown-fields": "disclosures", "readings": "readings", "events": "events", "contained": "container"}


def decode(text):
    """Reads a file and writes it again: the same bytes, or it is refused."""
    f = dict(json.loads(text, object_pairs_hook=pairs))
    need(f.get("format") == "countersign-evidence/1" and f.get("kind") in KINDS, "format")
    f["request"], f["result"] = raw_value(text, "request"), raw_value(text, "result")
    lines = []

    def member(name, value):
        lines.append('  "%s": %s' % (name, value))

    def texts(list_, pad):
        inner = ",\n".join(pad + "  " + quote(t) for t in list_)
        return "[\n" + inner + "\n" + pad + "]" if list_ else "[]"

    for name in ("format", "kind", "channel", "chaincode", "function"):
        member(name, quote(f[name]))
    member("request", indent(f["request"], 1))
    member("result", indent(f["result"], 1))
    if "listed" in f:
        need(any(f["listed"]), "listed is empty")
        member("listed", "[\n" + ",\n".join("    " + texts(l, "    ") for l in f["listed"]) + "\n  ]")
    own = KINDS[f["kind"]]
    if own == "disclosures":
        need(1 <= len(f[own]) <= 64, "disclosures")
        member(own, texts(f[own], "  "))
    elif own == "events":
        need(1 <= len(f[own]) <= 500, "events")
        f[own] = [dict(e) for e in f[own]]
        need(all(a["number"] < b["number"] for a, b in zip([{"number": 0}] + f[own], f[own])), "order of events")
        shown = []
        for e in f[own]:
            inner = ['      "number": %d' % e["number"], '      "text": ' + quote(e["text"])]
            if "declaration" in e:
                need(len(e["declaration"]) >= 3, "declaration")
                inner.append('      "declaration": ' + texts(e["declaration"], "      "))
            shown.append("    {\n" + ",\n".join(inner) + "\n    }")
        member(own, "[\n" + ",\n".join(shown) + "\n  ]")
    elif own:
        member(own, quote(f[own]))
    member("proposal", quote(f["proposal"]))
    member("payload", quote(f["payload"]))
    f["endorsements"] = [dict(e) for e in f["endorsements"]]
    need(1 <= len(f["endorsements"]) <= 64, "endorsements")
    member("endorsements", "[\n" + ",\n".join(
        '    {\n      "msp": %s,\n      "endorser": %s,\n      "signature": %s\n    }' % (quote(e["msp"]), quote(e["endorser"]), quote(e["signature"]))
        for e in f["endorsements"]) + "\n  ]")
    need("{\n" + ",\n".join(lines) + "\n}\n" == text, "not in the one form")
    unbase(f, "proposal"), unbase(f, "payload")
    for e in f["endorsements"]:
        unbase(e, "endorser"), unbase(e, "signature")
    keys = [(e["msp"].encode(), e["endorser"]) for e in f["endorsements"]]
    need(all(a < b for a, b in zip(keys, keys[1:])), "order of endorsements")
    return f


def unbase(holder, name):
    content = base64.b64decode(holder[name], validate=True)
    need(content and base64.b64encode(content).decode() == holder[name], "base64 of " + name)
    holder[name] = content


# --- protobuf, in canonical form -------------------------------------------------------
# A message is a map from a field's number to (name, kind); kinds: n number, s text,
# b bytes, or a message; * behind: any number of them.

VERSION = {1: ("block", "n"), 2: ("tx", "n")}
READ = {1: ("key", "s"), 2: ("version", VERSION)}
ENTRY = {1: ("name", "s"), 2: ("value", "b")}
SCHEMAS = {
    "proposal": {1: ("header", "b"), 2: ("payload", "b"), 3: ("extension", "b")},
    "header": {1: ("channel", "b"), 2: ("signature", "b")},
    "channel": {1: ("type", "n"), 2: ("version", "n"), 3: ("timestamp", {1: ("seconds", "n"), 2: ("nanos", "n")}), 4: ("channel", "s"),
                5: ("tx", "s"), 6: ("epoch", "n"), 7: ("extension", "b"), 8: ("tls", "b")},
    "extension": {2: ("chaincode", {1: ("path", "s"), 2: ("name", "s"), 3: ("version", "s")})},
    "signature": {1: ("creator", "b"), 2: ("nonce", "b")},
    "identity": {1: ("msp", "s"), 2: ("id", "b")},
    "input": {1: ("input", "b")},
    "invocation": {1: ("spec", {1: ("type", "n"), 2: ("chaincode", {1: ("path", "s"), 2: ("name", "s"), 3: ("version", "s")}),
                                3: ("input", {1: ("args*", "b")}), 4: ("timeout", "n")})},
    "payload": {1: ("hash", "b"), 2: ("extension", "b")},
    "action": {1: ("results", "b"), 2: ("events", "b"), 3: ("response", {1: ("status", "n"), 2: ("message", "s"), 3: ("payload", "b")}),
               4: ("chaincode", {1: ("path", "s"), 2: ("name", "s"), 3: ("version", "s")})},
    "sets": {1: ("model", "n"), 2: ("ns*", {1: ("namespace", "s"), 2: ("rwset", "b"), 3: ("collections*", {1: ("name", "s"), 2: ("hashed", "b"), 3: ("pvt", "b")})})},
    "kv": {1: ("reads*", READ), 2: ("ranges*", {1: ("start", "s"), 2: ("end", "s"), 3: ("exhausted", "n"),
           4: ("raw", {1: ("reads*", READ)}), 5: ("summary", {1: ("degree", "n"), 2: ("level", "n"), 3: ("hashes*", "b")})}),
           3: ("writes*", {1: ("key", "s"), 2: ("delete", "n"), 3: ("value", "b")}), 4: ("metadata*", {1: ("key", "s"), 2: ("entries*", ENTRY)})},
    "hashed": {1: ("reads*", {1: ("key", "b"), 2: ("version", VERSION)}), 2: ("writes*", {1: ("key", "b"), 2: ("delete", "n"), 3: ("value", "b"), 4: ("purge", "n")}),
               3: ("metadata*", {1: ("key", "b"), 2: ("entries*", ENTRY)})},
}


def varint(data, at):
    value, shift = 0, 0
    while True:
        need(at < len(data) and shift < 70, "cut short")
        b = data[at]
        value |= (b & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if b < 0x80:
            need((b or shift == 7) and value < 1 << 64, "not the shortest number")
            return value, at


def message(data, schema):
    if isinstance(schema, str):
        schema = SCHEMAS[schema]
    found = {name.rstrip("*"): [] for name, _ in schema.values() if name.endswith("*")}
    at = last = 0
    while at < len(data):
        tag, at = varint(data, at)
        number, wire = tag >> 3, tag & 7
        need(number in schema, "unknown field")
        name, kind = schema[number]
        need(number > last or number == last and name.endswith("*"), "out of order")
        last = number
        if kind == "n":
            need(wire == 0, "wire type")
            value, at = varint(data, at)
            need(value, "default")
        else:
            need(wire == 2, "wire type")
            size, at = varint(data, at)
            need(at + size <= len(data), "cut short")
            value, at = data[at:at + size], at + size
            need(value or isinstance(kind, dict) or name.endswith("*"), "default")
            if kind == "s":
                value = value.decode("utf-8")
            elif isinstance(kind, dict):
                value = message(value, kind)
        if name.endswith("*"):
            found[name[:-1]].append(value)
        else:
            found[name] = value
    return found


# --- X.509 and ECDSA on P-256 -----------------------------------------------------------

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296, 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def add(p, q):
    if p is None or q is None:
        return p or q
    if p[0] == q[0]:
        if (p[1] + q[1]) % P == 0:
            return None
        l = (3 * p[0] * p[0] - 3) * pow(2 * p[1], -1, P) % P
    else:
        l = (q[1] - p[1]) * pow(q[0] - p[0], -1, P) % P
    x = (l * l - p[0] - q[0]) % P
    return x, (l * (p[0] - x) - p[1]) % P


def times(k, p):
    r = None
    while k:
        if k & 1:
            r = add(r, p)
        p, k = add(p, p), k >> 1
    return r


def der(data, at=0):
    need(at + 2 <= len(data), "DER")
    tag, size, at = data[at], data[at + 1], at + 2
    if size >= 0x80:
        n = size & 0x7F
        size, at = int.from_bytes(data[at:at + n], "big"), at + n
    need(at + size <= len(data), "DER")
    return tag, data[at:at + size], at + size


def parts(data):
    at, out = 0, []
    while at < len(data):
        start = at
        tag, value, at = der(data, at)
        out.append((tag, value, data[start:at]))
    return out


def signature_ok(key, text, signature, low=False):
    tag, inner, end = der(signature)
    need(tag == 0x30 and end == len(signature), "DER")
    numbers = parts(inner)
    need(len(numbers) == 2 and all(t == 2 for t, _, _ in numbers), "DER")
    for _, v, _ in numbers:
        need(v and v[0] < 0x80 and (v[0] or len(v) == 1 or v[1] >= 0x80), "DER")
    r, s = (int.from_bytes(v, "big") for _, v, _ in numbers)
    need(0 < r < N and 0 < s < N and not (low and s > N // 2), "range of the signature")
    e, w = int.from_bytes(hashlib.sha256(text).digest(), "big"), pow(s, -1, N)
    point = add(times(e * w % N, G), times(r * w % N, key))
    return point is not None and point[0] % N == r


class Certificate:
    def __init__(self, text):
        m = re.fullmatch(r"-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)-----END CERTIFICATE-----\n?", text)
        need(m, "PEM")
        self.raw = base64.b64decode(m.group(1).replace("\n", ""))
        tbs, _, sig = parts(der(self.raw)[1])
        self.tbs, self.signature = tbs[2], sig[1][1:]
        fields = [p for p in parts(tbs[1]) if p[0] != 0xA0]
        self.serial, self.issuer, self.subject = int.from_bytes(fields[0][1], "big"), fields[2][2], fields[4][2]
        self.begin, self.end = (self.moment(p) for p in parts(fields[3][1]))
        point = parts(fields[5][1])[1][1][1:]
        need(len(point) == 65 and point[0] == 4, "key")
        self.key = int.from_bytes(point[1:33], "big"), int.from_bytes(point[33:], "big")
        need((self.key[1] ** 2 - self.key[0] ** 3 + 3 * self.key[0] - B) % P == 0, "key")
        self.units = [a[1][1].decode() for rdn in parts(fields[4][1]) for a in [parts(parts(rdn[1])[0][1])] if a[0][1] == b"\x55\x04\x0b"]
        self.ca, self.may_sign = False, True
        for p in fields[6:]:
            if p[0] != 0xA3:
                continue
            for ext in parts(parts(p[1])[0][1]):
                inner = parts(ext[1])
                if inner[0][1] == b"\x55\x1d\x13":
                    basic = parts(der(inner[-1][1])[1])
                    self.ca = bool(basic) and basic[0][0] == 1 and basic[0][1] == b"\xff"
                if inner[0][1] == b"\x55\x1d\x0f":
                    self.may_sign = bool(der(inner[-1][1])[1][1] & 0x80)

    def __eq__(self, other):
        return self.raw == other.raw

    @staticmethod
    def moment(p):
        form = "%y%m%d%H%M%SZ" if p[0] == 0x17 else "%Y%m%d%H%M%SZ"
        return datetime.strptime(p[1].decode(), form).replace(tzinfo=timezone.utc)

    def issued_by(self, other):
        return other.ca and self.issuer == other.subject and signature_ok(other.key, self.tbs, self.signature)


class RevocationList:
    def __init__(self, text):
        m = re.fullmatch(r"-----BEGIN X509 CRL-----\n([A-Za-z0-9+/=\n]+)-----END X509 CRL-----\n?", text)
        need(m, "PEM")
        tbs, _, sig = parts(der(base64.b64decode(m.group(1).replace("\n", "")))[1])
        self.tbs, self.signature = tbs[2], sig[1][1:]
        fields = [p for p in parts(tbs[1]) if p[0] not in (0x02, 0x17, 0x18, 0xA0)]  # algorithm, issuer, and what is revoked if anything is
        self.issuer = fields[1][2]
        self.serials = [int.from_bytes(parts(e[1])[0][1], "big") for e in parts(fields[2][1])] if len(fields) > 2 else []

    def is_of(self, authority):
        return self.issuer == authority.subject and signature_ok(authority.key, self.tbs, self.signature)


# --- the checks -------------------------------------------------------------------------

def key(*p):
    return "\0" + "\0".join(p) + "\0"


QUERIES = {contract + ":" + name for contract, names in {
    "condition": """Affected Breach Breaches Decision DeviceVerdicts Object OpenBreaches Permission Permits Policy Recording Runs
        Steps Watch""",
    "confidential": """LegalHoldSteps Record Records""",
    "disclosure": """Requests SignedRequest Status""",
    "participant": """Calibrations Delegations Device DeviceHistory Devices Organisation Organisations Party Proposal
        RevokedCertificates""",
    "product": """Contents Declarations Documents Event Flags History Holdings Lot LotHistory LotHolds RecallScope RecallStatus
        Recalls Suspicions Tag TagReadings TraceBack TraceForward Twin TwinAsOf Witnesses""",
    "shipment": """Discrepancies Discrepancy Offers Shipment""",
    "version": """Versions""",
}.items() for name in names.split()}

LISTS = {  # function: prefix, number of parts the request does not tell, entries, parts of an entry
    "participant:Organisations": (lambda q: ["organisation"], 0, "organisations", lambda e: [e["msp"]]),
    "product:Contents": (lambda q: ["inside", q["id"]], 1, "objects", lambda e: [e["id"]]),
}


HISTORIES = {"product:History": lambda e: e, "product:LotHistory": lambda e: e["record"]}  # and what of an entry is of the event


class Report:
    def __init__(self):
        self.failed = []

    def check(self, name, run):
        try:
            return run()
        except Exception as e:  # whatever cannot be read is refused
            self.failed.append((name, str(e)))
            return None


def open_proposal(text):
    p = message(text, "proposal")
    need("extension" not in p, "extension")
    h = message(p["header"], "header")
    ch, sh = message(h["channel"], "channel"), message(h["signature"], "signature")
    need(ch["type"] == 3 and "epoch" not in ch, "header")
    ext = message(ch["extension"], "extension")
    spec = message(message(p["payload"], "input")["input"], "invocation")["spec"]
    need(spec["chaincode"]["name"] == ext["chaincode"]["name"] and len(spec["input"]["args"]) == 2, "invocation")
    message(sh["creator"], "identity")
    return dict(
        channel=ch["channel"], chaincode=ext["chaincode"]["name"], tx=ch["tx"], derived=hashlib.sha256(sh["nonce"] + sh["creator"]).hexdigest(),
        time=datetime.fromtimestamp(ch["timestamp"].get("seconds", 0), timezone.utc) + timedelta(microseconds=ch["timestamp"].get("nanos", 0) // 1000),
        function=spec["input"]["args"][0].decode(), request=spec["input"]["args"][1].decode(),
        hash=hashlib.sha256(h["channel"] + h["signature"] + p["payload"]).digest())


def open_payload(text):
    p = message(text, "payload")
    a = message(p["extension"], "action")
    answer = dict(hash=p["hash"], chaincode=a["chaincode"]["name"], version=a["chaincode"].get("version", ""), status=a["response"].get("status", 0),
                  result=a["response"].get("payload", b"").decode(), event="events" in a, reads={}, ranges=[], writes=0, order=True)
    sets = message(a["results"], "sets")
    need("model" not in sets, "data model")
    spaces = [ns.get("namespace", "") for ns in sets["ns"]]
    answer["order"] = all(x < y for x, y in zip(spaces, spaces[1:]))
    for ns in sets["ns"]:
        kv = message(ns.get("rwset", b""), "kv")
        keys = [r.get("key", "") for r in kv["reads"]]
        answer["order"] &= all(x.encode() < y.encode() for x, y in zip(keys, keys[1:]))
        for r in kv["reads"]:
            answer["reads"][ns.get("namespace", ""), r.get("key", "")] = r.get("version")
        answer["ranges"] += [(ns.get("namespace", ""), r) for r in kv["ranges"]]
        answer["writes"] += len(kv["writes"]) + len(kv["metadata"])
        for c in ns["collections"]:
            h = message(c.get("hashed", b""), "hashed")
            answer["writes"] += len(h["writes"]) + len(h["metadata"]) + ("pvt" in c)
    return answer


def summary_of(entries, degree):
    def field(n, wire, body):
        return bytes([n << 3 | wire]) + body

    def number(v):
        out = b""
        while v >= 0x80:
            out, v = out + bytes([v & 0x7F | 0x80]), v >> 7
        return out + bytes([v])

    def read(k, block, tx):
        version = (field(1, 0, number(block)) if block else b"") + (field(2, 0, number(tx)) if tx else b"")
        body = field(1, 2, number(len(k.encode())) + k.encode()) + field(2, 2, number(len(version)) + version)
        return field(1, 2, number(len(body)) + body)

    levels, top = {1: []}, 1
    for at in range(0, len(entries), degree + 1):
        levels[1].append(hashlib.sha256(b"".join(read(*e) for e in entries[at:at + degree + 1])).digest())
        level = 1
        while len(levels.get(level, [])) > degree:
            levels.setdefault(level + 1, []).append(hashlib.sha256(b"".join(levels.pop(level))).digest())
            level += 1
            top = max(top, level)
    for level in range(1, top):
        hashes = levels.pop(level, [])
        if hashes:
            levels.setdefault(level + 1, []).append(hashes[0] if len(hashes) == 1 else hashlib.sha256(b"".join(hashes)).digest())
    if len(levels[top]) > degree:
        levels[top + 1] = [hashlib.sha256(b"".join(levels.pop(top))).digest()]
        top += 1
    return top, levels[top]


def ranges(f, p, a):
    lists, found = list(f.get("listed", [])), []
    for _, r in a["ranges"]:
        entries = [(e["key"], e["version"].get("block", 0), e["version"].get("tx", 0)) for e in r.get("raw", {}).get("reads", [])]
        if "summary" in r:
            entries = None
            if "listed" in f:
                need(lists, "too few lists")
                listed = [t.split(":", 2) for t in lists.pop(0)]
                if listed:
                    entries = [(k, int(b), int(t)) for b, t, k in listed]
                    s = r["summary"]
                    need(s["degree"] >= 2 and len(entries) > s["degree"], "degree")
                    need(summary_of(entries, s["degree"]) == (s["level"], s["hashes"]), "another summary")
        if entries is not None:
            keys = [k.encode() for k, _, _ in entries]
            need(all(x < y for x, y in zip(keys, keys[1:])) and (not keys or keys[0] >= r["start"].encode()), "order")
            need(not keys or keys[-1] < r["end"].encode() if r.get("exhausted") else keys and keys[-1] == r["end"].encode(), "end")
        found.append((r, entries))
    need(not lists, "too many lists")
    if p["function"] not in LISTS:
        return
    prefix_of, free, member, parts_of = LISTS[p["function"]]
    request, result = json.loads(p["request"]), json.loads(a["result"])
    base, bookmark = prefix_of(request), request.get("bookmark", "")
    for r, entries in found:
        split = r["start"].strip("\0").split("\0")
        if split[:len(base)] != base or (r["start"] != bookmark if bookmark else len(split) != len(base) + free):
            continue
        prefix = key(*split[:len(base) + free])
        need(entries is not None, "summed up and not listed")
        need(not r.get("exhausted") or r["end"] == prefix + "\U0010ffff", "end of the range")
        got = [k[len(prefix):].strip("\0").split("\0") for k, _, _ in entries]
        need(all(k.startswith(prefix) for k, _, _ in entries) and got == [parts_of(e) for e in result[member]], "entries")
        size, nxt = request.get("size") or 100, result.get("bookmark", "")
        need(len(entries) <= size, "more than were asked for")
        if nxt:
            need(not r.get("exhausted") and nxt.startswith(prefix) and nxt.encode() > r["end"].encode(), "bookmark")
        else:
            need(r.get("exhausted") or len(entries) == size, "not full")
        return
    raise Bad("no such range")


def claimed(function, q):
    if function in ("product:Twin", "product:TwinAsOf", "product:History", "product:Contents"):
        return key("twin", *q["id"].strip("/").split("/"))
    if function == "product:LotHistory":
        return key("account", q["id"], q["organisation"])
    if function == "condition:Recording":
        return key("recording", q["device"], "%012d" % q["sequence"]) if q.get("sequence") else key("head", q["device"])
    if function == "confidential:Record":
        return key("record", q["id"])
    need(function in LISTS, "this verifier does not know " + function)


def reads(p, a):
    cc = a["chaincode"]
    need(a["order"], "order")
    need(all(ns in (cc, "_lifecycle") for ns, _ in a["reads"]) and all(ns == cc for ns, _ in a["ranges"]), "another chaincode's state")
    need(a["reads"].get(("_lifecycle", "namespaces/fields/%s/Sequence" % cc)) is not None, "no definition")
    q = json.loads(p["request"])
    k = claimed(p["function"], q)
    need(k is None or a["reads"].get((cc, k)) is not None, "not read")
    if p["function"] in HISTORIES:
        result, first, own = json.loads(a["result"]), max(q.get("from", 0), 1), [q["organisation"]] if "organisation" in q else []
        want = max(0, min(result["events"] - first + 1, q.get("size") or 100))
        need(result["id"] == q["id"] and result.get("organisation") == q.get("organisation"), "another history")
        need([e["number"] for e in result["entries"]] == list(range(first, first + want)), "left out")
        need(result.get("next", 0) == (first + want if want and first + want <= result["events"] else 0), "next")
        for e in result["entries"]:
            r = HISTORIES[p["function"]](e)
            h = re.fullmatch(r"ni:///sha-256;([0-9a-f]{64})\?ver=CBV2\.0", r["event"]).group(1)
            need(a["reads"].get((cc, key("history", q["id"], *own, "%012d" % e["number"]))) is not None, "history not read")
            need(any(a["reads"].get((cc, key("event", h, e.get("declaration", ""), by))) is not None for by in ("", r["recordedBy"], "*ledger")), "event not read")


def cbor(data, at):
    first, at = data[at], at + 1
    major, info = first >> 5, first & 31
    n = info
    if info >= 24:
        size = 1 << (info - 24)
        n, at = int.from_bytes(data[at:at + size], "big"), at + size
    if major == 0:
        return n, at
    if major == 1:
        return -1 - n, at
    if major in (2, 3):
        value = data[at:at + n]
        need(len(value) == n, "cut short")
        return (value.decode() if major == 3 else value), at + n
    out = []
    for _ in range(n * (2 if major == 5 else 1)):
        value, at = cbor(data, at)
        out.append(value)
    return (dict(zip(out[::2], out[1::2])) if major == 5 else out), at


def without_root(header):
    out, at, count = b"", 1, header[0] & 31
    for _ in range(count):
        start = at
        k, at = cbor(header, at)
        _, at = cbor(header, at)
        out += b"" if k == 12 else header[start:at]
    return bytes([0xA0 | count - 1]) + out


def readings(f, p, a):
    data = base64.b64decode(f["readings"], validate=True)
    proof, end = cbor(data, 0)
    need(end == len(data), "left over")
    header, start, stop, chunks, heads = proof
    h, _ = cbor(header, 0)
    result = json.loads(a["result"])
    need(0 <= start < stop <= h[10], "run")
    first, last = start // h[11], (stop - 1) // h[11] + 1
    need(len(chunks) == last - first, "chunks")
    leaves = {0: without_root(header)}
    leaves.update({1 + first + i: c for i, c in enumerate(chunks)})
    heads = list(heads)

    def root(lo, hi):
        if not any(lo <= i < hi for i in leaves):
            return heads.pop(0)
        if hi - lo == 1:
            return hashlib.sha256(b"\0" + leaves[lo]).digest()
        k = 1
        while k * 2 < hi - lo:
            k *= 2
        left = root(lo, lo + k)
        return hashlib.sha256(b"\1" + left + root(lo + k, hi)).digest()

    top = root(0, 1 + -(-h[10] // h[11]))
    need(not heads and top.hex() == result["root"] and h[12] == top, "another root")
    need((h[2], h[3], h[10]) == (result["device"], result["sequence"], result["readings"]), "another recording")


def recording(p, a):
    need(p["function"] == "condition:Recording", "function")
    q, result = json.loads(p["request"]), json.loads(a["result"])
    need(result["device"] == q["device"] and q.get("sequence", 0) in (0, result["sequence"]), "another recording")


def history(p, a):
    need(p["function"] in HISTORIES, "function")
    result, q = json.loads(a["result"]), json.loads(p["request"])
    need(result["id"] == q["id"] and result.get("organisation") == q.get("organisation"), "another history")


def body(event, p, a):
    entry = [e for e in json.loads(a["result"])["entries"] if e["number"] == event["number"]]
    need(entry, "no such number")
    hash_ = hashlib.sha256(event["text"].encode()).hexdigest()
    need(HISTORIES[p["function"]](entry[0])["event"] == "ni:///sha-256;%s?ver=CBV2.0" % hash_, "another event")
    declared = ""
    if "declaration" in event:
        framed = b"".join(struct.pack(">I", len(t.encode())) + t.encode() for t in ["countersign/declaration/1"] + event["declaration"])
        declared = hashlib.sha256(framed).hexdigest()
    need(entry[0].get("declaration", "") == declared, "another declaration")


def container(f, p, a):
    need(p["function"] in ("product:Twin", "product:TwinAsOf"), "function")
    result = json.loads(a["result"])
    need(result["id"] == json.loads(p["request"])["id"] and "in" in result, "not in a container")
    way = result.get("through", [])
    if not way or way[0] != result["in"]["container"]:
        way = [result["in"]["container"]] + way
    need(f["container"] in way, "not in it")
    for path in way[:way.index(f["container"]) + 1]:
        need(a["reads"].get((a["chaincode"], key("twin", *path.strip("/").split("/")))) is not None, "not read")


def unb64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def record(p, a):
    need(p["function"] == "confidential:Record", "function")
    m = json.loads(a["result"])["published"]["manifest"]
    need(m["id"] == json.loads(p["request"])["id"] and m["v"] == 1, "another record")


def field(text, a):
    m = json.loads(a["result"])["published"]["manifest"]
    salt, name, value = json.loads(text)
    need("[" + ",".join(map(quote, (salt, name, value))) + "]" == text and len(unb64url(salt)) == 32, "form")
    commitment = hashlib.sha256(b"countersign field 1\n" + unb64url(m["id"]) + text.encode()).digest()
    need(base64.urlsafe_b64encode(commitment).decode().rstrip("=") in m["commitments"], "opens nothing")


def endorsement(report, e, f, p, roots, at):
    def identity():
        i = message(e["endorser"], "identity")
        need(i["msp"] == e["msp"] and e["msp"] in roots["organisations"], "identity")
        return Certificate(i["id"].decode())

    c = report.check("identity", identity)
    if c is None:
        return
    o = roots["organisations"][e["msp"]]

    def chains(of):
        """The ways to a root, from the issuer on."""
        for by in (x for x in o["roots"] + o["intermediates"] if x != of and of.issued_by(x)):
            if by in o["roots"]:
                yield [by]
            yield from ([by] + way for way in chains(by) if by in o["intermediates"])

    def above(x):
        return any(i != x and i.issued_by(x) for i in o["intermediates"])

    def certificate():
        need(not c.ca and c.may_sign, "an authority's, or not for signatures")
        ways.extend([c] + way for way in chains(c) if not above(way[0]))
        need(ways, "no way to a root")
        valid = [way for way in ways if all(x.begin <= when <= x.end for x in way for when in (at, p["time"]))]
        need(valid, "not valid")
        ways.insert(0, valid[0])

    def unit():
        need([u for u in c.units if u in o["units"]] == [o["peer"]], "unit")
        issuer = o["issuer"]
        need(issuer is None or ways and (ways[0][1].subject, ways[0][1].key) == (issuer.subject, issuer.key), "issuer")

    def revocation():
        for x, by in zip(ways[0] if ways else [], ways[0][1:] if ways else []):
            need(not any(x.serial in l.serials and l.is_of(by) for l in o["lists"]), "revoked")

    ways, before = [], len(report.failed)
    report.check("certificate", certificate)
    report.check("unit", unit)
    report.check("revocation", revocation)
    report.check("signature", lambda: need(signature_ok(c.key, f["payload"] + e["endorser"], e["signature"], low=True), "signature"))
    return len(report.failed) == before


def verify(text, roots, policy, at):
    report = Report()
    f = report.check("format", lambda: decode(text))
    if f is None:
        return report
    p = report.check("proposal", lambda: open_proposal(f["proposal"]))
    a = report.check("payload", lambda: open_payload(f["payload"]))
    if p is None or a is None:
        return report
    strict = lambda t: json.loads(t, object_pairs_hook=no_member_twice)
    report.check("channel", lambda: need(f["channel"] == p["channel"] == roots["channel"], "channel"))
    report.check("function", lambda: need(f["function"] == p["function"] and p["function"] in QUERIES, "function"))
    report.check("request", lambda: (strict(f["request"]), need(f["request"] == p["request"], "request")))
    report.check("transaction", lambda: need(p["tx"] == p["derived"], "transaction"))
    report.check("time", lambda: need(p["time"] - at <= timedelta(minutes=15), "time"))
    report.check("binding", lambda: need(a["hash"] == p["hash"], "binding"))
    report.check("chaincode", lambda: need(f["chaincode"] == p["chaincode"] == a["chaincode"] == roots["chaincode"], "chaincode"))
    report.check("status", lambda: need(a["status"] == 200, "status"))
    report.check("result", lambda: (strict(f["result"]), need(f["result"] == a["result"], "result")))
    report.check("reads", lambda: reads(p, a))
    report.check("ranges", lambda: ranges(f, p, a))
    report.check("writes", lambda: need(a["writes"] == 0, "writes"))
    report.check("event", lambda: need(not a["event"], "event"))
    report.check("version", lambda: need(not roots["versions"] or a["version"] in roots["versions"], "version"))
    if f["kind"] == "shown-fields":
        if report.check("record", lambda: record(p, a) or True):
            for text in f["disclosures"]:
                report.check("field", lambda: field(text, a))
    elif f["kind"] == "readings":
        if report.check("recording", lambda: recording(p, a) or True):
            report.check("readings", lambda: readings(f, p, a))
    elif f["kind"] == "events":
        if report.check("history", lambda: history(p, a) or True):
            for e in f["events"]:
                report.check("body", lambda: body(e, p, a))
    elif f["kind"] == "contained":
        report.check("container", lambda: container(f, p, a))
    good = {e["msp"] for e in f["endorsements"] if endorsement(report, e, f, p, roots, at)}
    required, of = policy.split(" of ")
    report.check("policy", lambda: need(len(good & set(of.split(","))) >= int(required), "policy"))
    return report


def read_roots(text):
    r = json.loads(text)
    need(r["format"] == "countersign-roots/1" and set(r) <= {"format", "channel", "chaincode", "versions", "organisations", "policy"}, "format")
    organisations, issuing = {}, set()
    for o in r["organisations"]:
        need(set(o) <= {"msp", "rootCertificates", "intermediateCertificates", "peerUnit", "otherUnits", "peerIssuer", "revocationLists"}, "member")
        roots, below = [Certificate(t) for t in o["rootCertificates"]], [Certificate(t) for t in o.get("intermediateCertificates", [])]
        need(roots and all(c.ca for c in roots + below), "authorities")
        need(o["peerUnit"] and o["peerUnit"] not in o.get("otherUnits", []), "units")
        lists = [RevocationList(t) for t in o.get("revocationLists", [])]
        need(all(any(l.is_of(c) for c in roots + below) for l in lists), "a list of nobody")
        keys = {c.key for c in roots + below if not any(i != c and i.issued_by(c) for i in below)}
        need(o["msp"] and o["msp"] not in organisations and not keys & issuing, "twice")
        issuing |= keys
        organisations[o["msp"]] = dict(
            roots=roots, intermediates=below, peer=o["peerUnit"], units=[o["peerUnit"]] + o.get("otherUnits", []), lists=lists,
            issuer=Certificate(o["peerIssuer"]) if "peerIssuer" in o else None)
    need(r["channel"] and r["chaincode"] and organisations, "names")
    return dict(channel=r["channel"], chaincode=r["chaincode"], versions=r.get("versions", []), organisations=organisations)


def main():
    vectors, wrong = json.load(open(sys.argv[1], encoding="utf-8")), 0
    for case in vectors["cases"]:
        at = datetime.fromisoformat(case.get("at", vectors["at"]).replace("Z", "+00:00"))
        report = verify(case["file"], read_roots(case.get("roots", vectors["roots"])), case.get("policy", vectors["policy"]), at)
        names = [n for n, _ in report.failed]
        ok = not names if case["verified"] else case["check"] in names
        wrong += not ok
        print("%-4s %s: %s" % ("ok" if ok else "BAD", case["name"], "verified" if not names else report.failed))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
