import Sodium
import Testing

@testable import Vault

@Suite struct IdentifierTests {
  private func normalized(_ text: String, as field: IndexedField, region: String = "CN") throws -> String {
    var out = WipedBytes()
    try IdentifierNormalization(region: region).normalize(Array(text.utf8).span, as: field, into: &out)
    return RecordSamples.text(out)
  }

  @Test(arguments: [
    "13800138000", "138 0013 8000", "138-0013-8000", "+86 138 0013 8000", "0086 13800138000",
    "+8613800138000",
    "(+86) 138 00138000", "１３８００１３８０００",
  ])
  func `every way of writing a number is one number`(_ text: String) throws {
    #expect(try normalized(text, as: .phone) == "+8613800138000")
  }

  @Test func `a number without a country code is of the vault's region`() throws {
    #expect(try normalized("020 7946 0018", as: .phone, region: "GB") == "+442079460018")
    #expect(try normalized("02 3661 8300", as: .phone, region: "IT") == "+390236618300")
    #expect(try normalized("+44 20 7946 0018", as: .phone, region: "CN") == "+442079460018")
  }

  @Test(arguments: ["", "12", "no number", "+", "+999 1234567", "1380013800013800138000", "138001380\u{0}00"])
  func `what is no phone number is refused`(_ text: String) {
    #expect(throws: RecordError(.notAnIdentifier, "")) { try normalized(text, as: .phone) }
  }

  @Test func `an e-mail address is trimmed and in lower case`() throws {
    #expect(try normalized("  Zhang.San+Shop@Example.COM\n", as: .email) == "zhang.san+shop@example.com")
    #expect(try normalized("用户@例子.公司", as: .email) == "用户@例子.公司")
  }

  @Test(arguments: [
    "", "@", "a@", "@b.c", "a@b", "a@@b.c", "a@b@c.d", ".a@b.c", "a.@b.c", "a..b@c.d", "a@.b.c", "a@b..c",
    "a@b.c.",
    "a b@c.d", "a@b.c\u{0}", "<a@b.c>", "\"a\"@b.c", "a@b.c,d@e.f",
  ])
  func `what is no e-mail address is refused`(_ text: String) {
    #expect(throws: RecordError(.notAnIdentifier, "")) { try normalized(text, as: .email) }
  }

  @Test func `an account stays as it was given, in NFKC`() throws {
    #expect(try normalized(" A-17 ", as: .account(source: "shop")) == " A-17 ")
    #expect(try normalized("客户-é", as: .account(source: "shop")) == "客户-é")
    for text in ["Ａ17", "cafe\u{301}", "", "a\u{7}", "ﬁ"] {
      #expect(throws: RecordError(.notAnIdentifier, "")) {
        try normalized(text, as: .account(source: "shop"))
      }
    }
  }

  @Test func `an index of another field, source, epoch or root has other digests`() {
    let value = Array("17".utf8)
    var digests: Set<Digest32> = []
    for (field, epoch, root) in [
      (.phone, 1, 1), (.email, 1, 1), (.account(source: "a"), 1, 1), (.account(source: "b"), 1, 1),
      (.phone, 2, 1),
      (.phone, 1, 2),
    ] as [(IndexedField, UInt32, UInt8)] {
      let key = BlindIndex.fieldKey(of: field, epoch: epoch, root: RecordSamples.key(root))
      digests.insert(BlindIndex.inner(value.span, key: key))
    }
    #expect(digests.count == 6)
  }

  @Test func `only phone, e-mail and accounts have an index`() throws {
    #expect(IndexedField(.phone) == .phone)
    #expect(IndexedField(.email) == .email)
    #expect(IndexedField(try #require(FieldName.account(at: "shop"))) == .account(source: "shop"))
    for name in FieldName.profile + [.name, .birthDate, .nationalID, .note] {
      #expect(IndexedField(name) == nil)
    }
  }

  @Test func `order digests differ by customer, source, order and occurrence`() {
    let key = OrderDigest.key(root: RecordSamples.key(1))
    let (first, second, none) = (Array("1".utf8), Array("2".utf8), [UInt8]())
    let digests: Set<UInt64> = [
      OrderDigest.digest(ordinal: 1, source: "s", orderID: first.span, key: key),
      OrderDigest.digest(ordinal: 2, source: "s", orderID: first.span, key: key),
      OrderDigest.digest(ordinal: 1, source: "t", orderID: first.span, key: key),
      OrderDigest.digest(ordinal: 1, source: "s", orderID: second.span, key: key),
      OrderDigest.digest(ordinal: 1, source: "s1", orderID: none.span, key: key),
      OrderDigest.digest(ordinal: 1, source: "s", content: first.span, occurrence: 0, key: key),
      OrderDigest.digest(ordinal: 1, source: "s", content: first.span, occurrence: 1, key: key),
    ]
    #expect(digests.count == 7)
  }
}

@Suite struct MaskTests {
  private func masked(_ text: String, _ mask: Mask, _ field: FieldName) -> String {
    var out = WipedBytes()
    mask.apply(to: Array(text.utf8).span, of: field, into: &out)
    return RecordSamples.text(out)
  }

  @Test(arguments: [
    ("张三丰", FieldName.name, "张**"), ("Alice", .name, "A****"), ("Alexander", .name, "A****"),
    ("张", .name, "张"), ("+8613812345678", .phone, "+86 138****5678"),
    ("+442079460018", .phone, "+44 ****0018"), ("+12125550123", .phone, "+1 ****0123"),
    ("+85212345678", .phone, "+852 ****5678"), ("13812345678", .phone, "****5678"), ("123", .phone, "****"),
    ("alice@example.com", .email, "a***@example.com"), ("张三@example.com", .email, "张***@example.com"),
    ("no address", .email, "***"), ("北京市朝阳区建国路88号", .address, "北京市…"), ("Rome", .address, "R…"),
    ("110101199003078888", .nationalID, "****8888"), ("1234567", .nationalID, "****"),
    ("1990-03-07", .birthDate, "1990"), ("March", .birthDate, "***"), ("call after six", .note, "***"),
    ("", .name, ""),
  ])
  func `the partial mask shows what lets a person recognize a value and no more`(
    _ value: String, _ field: FieldName, _ shown: String
  ) {
    #expect(masked(value, .partial, field) == shown)
  }

  @Test func `accounts show their end, and fields that nobody described show nothing`() throws {
    #expect(masked("customer-000017", .partial, try #require(FieldName.account(at: "shop"))) == "****0017")
    #expect(masked("secret", .partial, try #require(FieldName("pet"))) == "***")
  }

  @Test func `a mask by name does the same to every field`() {
    #expect(masked("Alice", .full, .note) == "Alice")
    #expect(masked("Alice", .hidden, .name) == masked("Bob", .hidden, .name))
    #expect(masked("1990-03-07", .year, .note) == "1990")
    #expect(masked("12345678", .last4, .note) == "****5678")
    #expect(Set(Mask.allCases.map(\.rawValue)) == ["full", "partial", "hidden", "year", "last4", "initial"])
  }
}
