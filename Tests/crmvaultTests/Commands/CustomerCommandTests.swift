import AuditLog
import Foundation
import Testing
import VaultTesting

@testable import crmvault

@Suite struct CustomerCommandTests {
  @Test func `a customer is added, found and shown, masked by role`() async throws {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    let shown = try await bench.run("customer", "show", id, "--json", as: "agnes").object()
    #expect(shown["id"] as? String == id)
    let masked = [
      "name": "王**", "phone": "+86 138****8000", "email": "w***@example.com", "birth_date": "***",
      "account.shop": "****", "note": "***",
    ]
    #expect(shown["identity"] as? [String: String] == masked)
    #expect(shown["profile"] as? [String: String] == ["birth_year": "1990", "city": "Shanghai"])
    let behavior = try #require(shown["behavior"] as? [String: Any])
    #expect(behavior["amount"] as? String == "0.00" && behavior["currency"] as? String == "CNY")
    #expect(behavior["first"] is NSNull && behavior["events"] as? Int == 0)
    #expect((shown["consent"] as? [String: Any])?.isEmpty == true)
    for (field, value) in [
      ("phone", "+86 138 0013 8000\n"), ("email", "WANG@example.com\r\n"), ("account.shop", "A-1"),
    ] {
      let found = try await bench.run("customer", "find", field, "--json", as: "agnes", input: value).list()
      #expect(found.count == 1 && found[0]["id"] as? String == id, "\(field)")
      #expect(found[0]["name"] as? String == "王**")
    }
  }

  @Test func `nobody found is an empty list, and no error`() async throws {
    let bench = try await CommandBench.make()
    _ = try await bench.addCustomer()
    let found = await bench.run("customer", "find", "phone", "--json", as: "agnes", input: "13900139000")
    #expect(found.exit == .done && found.out == "[]\n")
    let searched = await bench.run("customer", "search", "--json", as: "sam", input: "nobody")
    #expect(searched.exit == .done && searched.out == "[]\n")
  }

  @Test func `what was looked for is in no entry, and who was found is`() async throws {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    for number in ["13800138000", "13900139000"] {
      #expect(await bench.run("customer", "find", "phone", as: "agnes", input: number).exit == .done)
    }
    #expect(await bench.run("customer", "find", "phone", as: "agnes", input: "call me").exit == .badInput)
    #expect(await bench.run("customer", "find", "name", as: "agnes", input: "王小明").exit == .usage)
    #expect(await bench.run("customer", "search", as: "sam", input: "oolong").exit == .done)
    let log = try HostileHand(bench).log()
    for value in ["13800138000", "8613800138000", "13900139000", "call me", "王小明", "oolong", "wang@"] {
      let bytes = Array(value.utf8)
      #expect(!log.contains { $0.bytes.firstRange(of: bytes) != nil }, "\(value)")
    }
    let finds = log.map(\.what).filter { $0.action == "customer.find" }
    #expect(finds.map(\.phase) == [.intent, .result, .intent, .result])
    #expect(finds.map(\.count) == [nil, 1, nil, 0])
    #expect(finds[1].subject == id && finds[3].subject == nil)
    #expect(finds[0].subject == nil)
  }

  @Test func `a search is a bulk read, for stewards and privacy officers`() async throws {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    for user in ["sam", "paul"] {
      for text in ["小明", "OOLONG", "oolong"] {
        let found = try await bench.run("customer", "search", "--json", as: user, input: text).list()
        #expect(found.map { $0["id"] as? String } == [id], "\(text)")
      }
    }
    #expect(await bench.run("customer", "search", as: "sam", input: "x").exit == .badInput)
    for user in ["agnes", "anna", "owner", "aude"] {
      #expect(await bench.run("customer", "search", as: user, input: "小明").exit == .notPermitted)
    }
  }

  @Test func `a field is revealed for a purpose that the policy names, else refused with an entry`()
    async throws
  {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    let name = try await bench.run("customer", "show", id, "--reveal", "name,phone", "--json", as: "agnes")
      .object()
    #expect((name["identity"] as? [String: String])?["name"] == "王小明")
    #expect((name["identity"] as? [String: String])?["email"] == "w***@example.com")
    for reveal in ["birth_date", "all"] {
      let refused = await bench.run("customer", "show", id, "--reveal", reveal, "--json", as: "agnes")
      #expect(refused.exit == .notPermitted)
      #expect(refused.out.isEmpty)
    }
    let whole = try await bench.run(
      "customer", "show", id, "--reveal", "all", "--purpose", "data-subject-request", "--json", as: "agnes"
    ).object()
    #expect((whole["identity"] as? [String: String])?["birth_date"] == "1990-05-17")
    #expect(await bench.run("customer", "show", id, "--reveal", "13800138000", as: "agnes").exit == .usage)
    let shows = try HostileHand(bench).log().map(\.what).filter { $0.action == "customer.show" }
    #expect(shows.map(\.outcome) == [.allowed, .denied, .denied, .allowed])
    #expect(shows.map(\.object.fields) == [["name", "phone"], ["birth_date"], ["all"], ["all"]])
    #expect(shows.allSatisfy { $0.subject == id })
  }

  @Test func `fields are changed and taken away, and the index follows`() async throws {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    let change = #"{"phone": "13900139000", "note": null, "birth_date": null, "city": "Beijing"}"#
    let updated = await bench.run("customer", "update", id, "--from", "-", "--json", as: "sam", input: change)
    #expect(
      try updated.object()["changed"] as? [String] == ["birth_date", "birth_year", "city", "note", "phone"])
    let shown = try await bench.run("customer", "show", id, "--json", as: "sam").object()
    #expect((shown["identity"] as? [String: String])?["note"] == nil)
    #expect(shown["profile"] as? [String: String] == ["city": "Beijing"])
    let old = await bench.run("customer", "find", "phone", "--json", as: "sam", input: "13800138000")
    #expect(old.out == "[]\n")
    let new = try await bench.run("customer", "find", "phone", "--json", as: "sam", input: "13900139000")
      .list()
    #expect(new.count == 1)
    let again = await bench.run("customer", "update", id, "--from", "-", "--json", as: "sam", input: change)
    #expect(try again.object()["changed"] as? [String] == [])
    let history = try await bench.run("customer", "history", id, "--json", as: "agnes").list()
    #expect(history.count == 4)
    #expect(history.allSatisfy { $0["user"] as? String == "sam" })
    #expect(history.contains { $0["fields"] as? [String] == ["birth_year", "city"] })
  }

  @Test func `a change that may not be leaves everything as it was`() async throws {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    _ = try await bench.addCustomer(#"{"name": "Li", "phone": "13900139000"}"#)
    let before = await bench.run("customer", "show", id, "--reveal", "name,phone", "--json", as: "sam").out
    let changes: [(String, ExitCode)] = [
      (#"{"phone": "13900139000", "name": "X"}"#, .exists), (#"{"phone": "12"}"#, .badInput),
      (#"{"birth_year": null}"#, .badInput), (#"{"birth_year": "1991"}"#, .badInput),
      (#"{"shoe_size": "43"}"#, .badInput), (#"{"shoe_size": null}"#, .badInput),
      (#"{"birth_date": "1990-02-30"}"#, .badInput), (#"{"name": "a\u0000b"}"#, .badInput),
      (
        #"{"name":null,"phone":null,"email":null,"birth_date":null,"account.shop":null,"note":null}"#,
        .badInput
      ),
    ]
    for (change, exit) in changes {
      let refused = await bench.run("customer", "update", id, "--from", "-", as: "sam", input: change)
      #expect(refused.exit == exit, "\(change)")
    }
    #expect(
      await bench.run("customer", "show", id, "--reveal", "name,phone", "--json", as: "sam").out == before)
    let ends = try HostileHand(bench).log().map(\.what).filter {
      $0.action == "customer.update" && $0.phase == .result
    }
    #expect(ends.count == changes.count)
  }

  @Test func `ratings are events, by day or by instant`() async throws {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    let rate = ["customer", "rate", id]
    #expect(await bench.run(rate + ["--quality", "4.5", "--at", "2024-02-03"], as: "agnes").exit == .done)
    let all = ["--quality", "5", "--service", "4.125", "--price", "3", "--at", "2024-03-01T23:30:00-02:00"]
    #expect(await bench.run(rate + all, as: "sam").exit == .done)
    let shown = try await bench.run("customer", "show", id, "--json", as: "agnes").object()
    let behavior = try #require(shown["behavior"] as? [String: Any])
    #expect(behavior["events"] as? Int == 2 && behavior["occasions"] as? Int == 0)
    #expect(behavior["first"] as? String == "2024-02-03" && behavior["last"] as? String == "2024-03-02")
    for wrong in [[], ["--quality", "4.1234"], ["--price", "good"], ["--price", "3", "--at", "yesterday"]] {
      #expect(await bench.run(rate + wrong, as: "agnes").exit == .usage)
    }
    for user in ["anna", "paul", "aude", "owner"] {
      #expect(await bench.run(rate + ["--price", "3"], as: user).exit == .notPermitted)
    }
  }

  @Test func `the list goes on after the last id of the one before`() async throws {
    let bench = try await CommandBench.make()
    var ids: [String] = []
    for index in 0..<3 { ids.append(try await bench.addCustomer(#"{"name": "customer \#(index)"}"#)) }
    for user in ["sam", "anna", "paul"] {
      let first = try await bench.run("customer", "list", "--limit", "2", "--json", as: user).list()
      #expect(first as? [[String: String]] == ids.prefix(2).map { ["id": $0, "state": "live"] })
      let rest = try await bench.run("customer", "list", "--after", ids[1], "--json", as: user).list()
      #expect(rest as? [[String: String]] == [["id": ids[2], "state": "live"]])
    }
    #expect(await bench.run("customer", "list", "--limit", "0", as: "anna").exit == .usage)
    #expect(await bench.run("customer", "list", as: "agnes").exit == .notPermitted)
  }

  @Test func `authorization is decided before existence, and a mistyped id is a usage error`() async throws {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    let nobody = "C-000000000000000000000000000"
    for verb in ["show", "history"] {
      #expect(await bench.run("customer", verb, nobody, as: "agnes").exit == .missing)
      #expect(await bench.run("customer", verb, nobody, as: "anna").exit == .notPermitted)
    }
    let update = ["customer", "update", nobody, "--from", "-"]
    #expect(await bench.run(update, as: "agnes", input: #"{"name": "X"}"#).exit == .notPermitted)
    #expect(await bench.run(update, as: "sam", input: #"{"name": "X"}"#).exit == .missing)
    #expect(
      await bench.run("customer", "add", "--from", "-", as: "agnes", input: #"{"x":"y"}"#).exit
        == .notPermitted)
    var mistyped = Array(id)
    mistyped.swapAt(5, 6)
    if mistyped != Array(id) {
      #expect(await bench.run("customer", "show", String(mistyped), as: "agnes").exit == .usage)
    }
    let number = await bench.run("customer", "show", "13800138000", as: "agnes")
    #expect(number.exit == .usage && !number.err.contains("138001"))
  }

  @Test func `an identifier belongs to one customer, and the refusal says no value`() async throws {
    let bench = try await CommandBench.make()
    _ = try await bench.addCustomer()
    let twin = await bench.run(
      "customer", "add", "--from", "-", as: "sam", input: #"{"name": "Li", "phone": "+8613800138000"}"#)
    #expect(twin.exit == .exists)
    #expect(twin.err.contains("phone") && !twin.err.contains("138001"))
  }

  @Test func `a purpose that needs consent is refused to find and show without one`() async throws {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    let shown = await bench.run("customer", "show", id, "--purpose", "marketing", "--json", as: "sam")
    #expect(shown.exit == .notPermitted && shown.out.isEmpty)
    let found = await bench.run(
      "customer", "find", "phone", "--purpose", "marketing", "--json", as: "sam", input: "13800138000")
    #expect(found.exit == .notPermitted && found.out.isEmpty)
    let searched = await bench.run(
      "customer", "search", "--purpose", "marketing", "--json", as: "sam", input: "oolong")
    #expect(searched.exit == .done && searched.out == "[]\n")
    let log = try HostileHand(bench).log()
    let denied = log.map(\.what).filter { $0.outcome == .denied }
    #expect(denied.map(\.action) == ["customer.show", "customer.find"])
    #expect(denied.allSatisfy { $0.subject == id && $0.ref != nil && $0.phase == .result })
  }

  @Test func `a person at a terminal gets a form`() async throws {
    let bench = try await CommandBench.make()
    let answers = ["王小明", "13800138000"] + [String](repeating: "", count: 9)
    let added = await bench.run("customer", "add", as: "sam", answers: answers, terminal: true)
    #expect(added.exit == .done && added.out.hasPrefix("C-"))
    let found = await bench.run(
      "customer", "find", "phone", as: "sam", answers: ["13800138000"], terminal: true)
    #expect(found.exit == .done && found.out.contains("王**"))
    #expect(await bench.run("customer", "add", as: "sam").exit == .usage)
  }

  @Test func `what would act on a terminal is shown by its code point`() async throws {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer(#"{"name": "Li\u202Egnp", "note": "two\nlines"}"#)
    let reveal = ["customer", "show", id, "--reveal", "name,note"]
    let shown = await bench.run(reveal, as: "sam")
    #expect(shown.out.contains("Li<U+202E>gnp") && shown.out.contains("two<U+000A>lines"))
  }
}
