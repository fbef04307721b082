internal import AuditLog
internal import Sodium

extension Session {
  /// Asks to go back from pseudonyms of a release: a request that a custodian can add to. An entry.
  ///
  /// - Parameter texts: pseudonyms as somebody typed them, `P-…`.
  /// - Throws: `.badInput` for what is no pseudonym, `.notFound` for a release that has none.
  public func requestReidentification(_ release: ReleaseID, _ texts: [String], purpose: String?) throws
    -> ReidentifyRequest
  {
    let pseudonyms = texts.compactMap(ReleasePseudonyms.normalized)
    guard pseudonyms.count == texts.count, Set(pseudonyms).count == texts.count,
      (1...ReidentifyRequest.most).contains(texts.count)
    else {
      throw VaultError(.badInput, "a request names 1 to \(ReidentifyRequest.most) pseudonyms P-…, each once")
    }
    let (vault, named) = try decide(reidentify("request", release, purpose, count: pseudonyms.count)) {
      context in
      _ = try Self.shares(of: release, context.reader)
      return (context.vaultID, context.purpose?.name ?? "")
    }
    let identity = environment.identity
    let signed = ReidentifyRequest.signed(
      release, pseudonyms, purpose: named, by: identity.keyID, vault: vault, at: environment.clock.now())
    let message = try ReidentifyRequest.message(signed, vault: vault)
    return try ReidentifyRequest(signed: signed, signature: identity.signing.sign(message.span))
  }

  /// Adds the custodian's share to a request, for the eyes of who asked. An entry.
  ///
  /// - Throws: `.notPermitted` for a request that no privacy officer signed, or that is the custodian's own.
  public func addShare(to request: ReidentifyRequest) throws -> ReidentifyRequest {
    var granted = request
    granted.share = try decide(reidentify("share", request.release, nil, count: request.pseudonyms.count)) {
      context in
      let governance = context.opened.governance
      let requester = try Self.verify(request, governance)
      if governance.hadSecondPerson, request.requester == environment.identity.keyID {
        throw VaultError(
          .notPermitted, "whoever asks cannot add the second share too", hint: "another custodian can")
      }
      let sealed = try Self.shares(of: request.release, context.reader).custodian
      let share = try ReleaseShares.open(
        sealed, of: request.release, role: .custodian, vault: context.vaultID,
        with: context.keys.rolePair.pair)
      return try ReleaseShares.seal(share, to: requester.member.boxKey, vault: context.vaultID)
    }
    return granted
  }

  /// Goes back: joins the shares, and writes an entry for every customer before any is returned.
  ///
  /// - Throws: `.notPermitted` without the custodian's share, or for somebody else's request.
  public func reidentify(_ request: ReidentifyRequest) throws -> [Reidentified] {
    guard let share = request.share else {
      throw VaultError(
        .notPermitted, "the second share of the release's key is missing",
        hint: "a custodian adds it: crmvault export reidentify RELEASE --request FILE")
    }
    let (context, key) = try decide(
      reidentify("open", request.release, request.purpose, count: request.pseudonyms.count)
    ) { context in
      _ = try Self.verify(request, context.opened.governance)
      guard request.requester == environment.identity.keyID else {
        throw VaultError(
          .notPermitted, "this request is somebody else's: the share in it is sealed to who asked")
      }
      let sealed = try Self.shares(of: request.release, context.reader).officer
      let mine = try ReleaseShares.open(
        sealed, of: request.release, role: .privacyOfficer, vault: context.vaultID,
        with: context.keys.rolePair.pair)
      let other = try ReleaseShares.open(
        share, of: request.release, role: .custodian, vault: context.vaultID, with: environment.identity.box)
      return (context, ReleaseShares.join(mine, other))
    }
    return try found(request, key, context)
  }

  /// The customers behind the pseudonyms, each with its entry: allowed, or denied where the purpose may not reach it.
  private func found(
    _ request: ReidentifyRequest, _ key: SharedKey<ReleaseKeyPurpose>, _ context: AccessContext
  ) throws -> [Reidentified] {
    let wanted = Set(request.pseudonyms)
    var ordinals: [String: UInt64] = [:]
    for ordinal in 0..<context.universe where ordinals.count < wanted.count {
      let pseudonym = ReleasePseudonyms.pseudonym(of: ordinal, key)
      if wanted.contains(pseudonym) { ordinals[pseudonym] = ordinal }
    }
    return try commit(mayUseBallast: true) { commit, opened, _ in
      let rule = environment.warden.pseudonyms()
      let links = try MergeLinks(commit.writer, rule)
      var results: [Reidentified] = []
      for pseudonym in request.pseudonyms {
        guard let ordinal = ordinals[pseudonym].map({ links.roots[$0] ?? $0 }),
          let customer = try Directory.entry(ordinal, commit.writer),
          customer.state == .live
        else {
          results.append(Reidentified(pseudonym: pseudonym, customer: nil))
          continue
        }
        try rule.check(customer)
        let members = [ordinal] + links.roots.filter { $0.value == ordinal }.keys.sorted()
        let isPermitted = try self.refusal(of: members, context, opened, commit.writer) == nil
        var draft = EntryDraft(.access, Action.exportReidentify.rawValue)
        draft.purpose = context.purpose
        draft.subjects = .one(customer.pseudonym.description)
        draft.ref = context.entry
        draft.outcome = isPermitted ? .allowed : .denied
        draft.ticket = ticket
        draft.details = ["release": .string(request.release.description)]
        commit.append(draft)
        results.append(Reidentified(pseudonym: pseudonym, customer: isPermitted ? customer.pseudonym : nil))
      }
      if results.allSatisfy({ $0.customer == nil }), ordinals.isEmpty {
        var draft = EntryDraft(.access, Action.exportReidentify.rawValue)
        draft.purpose = context.purpose
        draft.ref = context.entry
        draft.count = 0
        draft.ticket = ticket
        commit.append(draft)
      }
      return (results, context.role)
    }
  }

  private func reidentify(_ step: String, _ release: ReleaseID, _ purpose: String?, count: Int)
    -> AccessRequest
  {
    var request = AccessRequest(.exportReidentify, purpose: purpose)
    request.details = [
      "step": .string(step), "release": .string(release.description), "count": .integer(Int64(count)),
    ]
    return request
  }

  private static func shares(of release: ReleaseID, _ reader: any StoreReader) throws -> (
    officer: [UInt8], custodian: [UInt8]
  ) {
    guard let row = try reader.row(Schema.release, key: [.blob(release.bytes)]) else {
      throw VaultError(.notFound, "there is no release \(release)", hint: "crmvault export list shows them")
    }
    guard case .blob(let officer) = row.values[3], case .blob(let custodian) = row.values[4] else {
      throw VaultError(.usage, "the release \(release) has no pseudonyms: nobody can go back from it")
    }
    return (officer, custodian)
  }

  /// Checks who signed a request: an active privacy officer of this vault.
  private static func verify(_ request: ReidentifyRequest, _ governance: Governance) throws -> Governance.User
  {
    guard let requester = governance.activeUser(request.requester),
      governance.roles(of: request.requester).contains(.privacyOfficer),
      request.signed["vault"]?.string == governance.vaultID.description,
      requester.member.signingKey.verifies(
        request.signature, of: try ReidentifyRequest.message(request.signed, vault: governance.vaultID))
    else {
      throw VaultError(
        .notPermitted, "the request is not signed by a privacy officer of this vault, or was changed")
    }
    return requester
  }
}
