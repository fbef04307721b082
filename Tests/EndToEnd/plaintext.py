"""What the plaintext of a record says, and how pseudonyms are written."""

import struct

from checks import require


class Reader:
    """Numbers are LEB128; signed ones zigzag; fixed ones big-endian."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        require(self.at + count <= len(self.data), "plaintext ends early")
        self.at += count
        return self.data[self.at - count:self.at]

    def byte(self):
        return self.take(1)[0]

    def number(self):
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    def signed(self):
        value = self.number()
        return value >> 1 ^ -(value & 1)

    def fixed(self):
        return struct.unpack(">Q", self.take(8))[0]

    def text(self):
        return self.take(self.number()).decode()

    def end(self):
        require(self.at == len(self.data), "plaintext has bytes behind its end")


FIELDS = {2: "name", 3: "phone", 4: "email", 5: "address", 6: "national_id", 7: "birth_date", 8: "note",
          9: "birth_year", 10: "gender", 11: "city", 12: "tier", 13: "joined"}


def field_name(reader):
    code = reader.byte()
    if code == 0:
        return reader.text()
    return "account." + reader.text() if code == 1 else FIELDS[code]


def decode_fields(plaintext):
    """A record of identity or profile: its fields, and its history."""
    reader = Reader(plaintext)
    require(reader.byte() == 1, "a record of fields of another schema")
    fields, history, time = {}, [], 0
    for _ in range(reader.number()):
        name = field_name(reader)
        fields[name] = reader.text()
    for _ in range(reader.number()):
        time += reader.signed()
        actor = reader.take(8).hex()
        history.append({"time": time, "actor": actor, "fields": [field_name(reader) for _ in range(reader.number())]})
    reader.end()
    return fields, history


FACTORS = ("purchase_frequency", "purchase_amount", "purchase_variety", "product_quality", "service_quality",
           "price_satisfaction", "referral_value", "information_value")


def decode_chunk(plaintext, currency):
    """A chunk of behavior: the versions of the other chunks (chunk 0 alone), and its events."""
    reader = Reader(plaintext)
    first = reader.byte()
    require(first & 0x3F == 1, "a chunk of another schema")
    versions = None
    if first & 0x80:
        chunks = reader.number()
        versions = [reader.number() for _ in range(chunks - 1)]
        if versions:
            reader.number()  # events in all chunks together
    count, texts = reader.number(), reader.number()
    ends = struct.unpack(f">{texts}H", reader.take(2 * texts))
    dictionary = reader.take(ends[-1] if ends else 0)
    words = [dictionary[start:end].decode() for start, end in zip((0,) + ends, ends)]
    digests = [reader.take(8).hex() for _ in range(count)]
    events, time = [], 0
    for digest in digests:
        tag = reader.byte()
        if tag & 8:
            time = (time // 86400 + reader.signed()) * 86400
        else:
            time += reader.signed()
        event = {"digest": digest, "time": time, "date_only": bool(tag & 8)}
        event.update(decode_event(reader, tag, words, currency))
        events.append(event)
    reader.end()
    return versions, events


def decode_event(reader, tag, words, currency):
    kind = tag & 7
    if kind == 0:
        event = {"kind": "transaction", "amount_minor": reader.signed(), "currency": currency}
        if tag & 0x10:
            event["currency"] = reader.take(3).decode()
        which = reader.byte() if tag & 0x20 else 0
        for bit, name in ((1, "product"), (2, "category"), (4, "channel")):
            if which & bit:
                event[name] = words[reader.number()]
        if which & 8:
            event["refund_of"] = reader.take(8).hex()
        return event
    if kind == 1:
        names = ((0x10, "product_quality"), (0x20, "service_quality"), (0x40, "price_satisfaction"))
        return {"kind": "rating", **{name: reader.signed() for bit, name in names if tag & bit}}
    if kind == 2:
        event = {"kind": "referral", "referred": reader.take(8).hex()}
        return {**event, "value_minor": reader.signed()} if tag & 0x10 else event
    if kind == 3:
        event = {"kind": "interaction", "interaction": words[reader.number()]}
        return {**event, "channel": words[reader.number()]} if tag & 0x10 else event
    require(kind == 4, "an event of an unknown kind")
    mask = reader.byte()
    values = {name: struct.unpack(">d", reader.take(8))[0] for i, name in enumerate(FACTORS) if mask >> i & 1}
    return {"kind": "factors", **values}


# Pseudonyms: C-, 26 symbols of Crockford's base32 and one check symbol.

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U"


def pseudonym_bytes(text):
    require(text.startswith("C-") and len(text) == 29, "a customer id is C- and 27 symbols")
    number = 0
    for symbol in text[2:28]:
        number = number << 5 | SYMBOLS.index(symbol)
    require(SYMBOLS[number % 37] == text[28], "the check symbol of the customer id does not fit")
    return number.to_bytes(16, "big")


def pseudonym_text(data):
    number = int.from_bytes(data, "big")
    return "C-" + "".join(SYMBOLS[number >> 5 * i & 31] for i in reversed(range(26))) + SYMBOLS[number % 37]
