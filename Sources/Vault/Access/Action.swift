/// What can be done with a vault: the closed list that policies allow and entries name.
public enum Action: String, Sendable, CaseIterable {
  case customerAdd = "customer.add"
  case customerFind = "customer.find"
  case customerSearch = "customer.search"
  case customerShow = "customer.show"
  case customerUpdate = "customer.update"
  case customerRate = "customer.rate"
  case customerList = "customer.list"
  case customerHistory = "customer.history"
  case customerMerge = "customer.merge"
  case customerSplit = "customer.split"
  case consentGrant = "consent.grant"
  case consentWithdraw = "consent.withdraw"
  case consentObject = "consent.object"
  case consentList = "consent.list"
  case subjectErase = "subject.erase"
  case subjectHold = "subject.hold"
  case subjectReleaseHold = "subject.release-hold"
  case subjectRestrict = "subject.restrict"
  case subjectUnrestrict = "subject.unrestrict"
  case importFile = "import"
  case scoreRun = "score.run"
  case scoreShow = "score.show"
  case scoreExplain = "score.explain"
  case scoreReport = "score.report"
  case segmentRun = "segment.run"
  case recommend = "recommend"
  case exportAnonymized = "export.anonymized"
  case exportAggregate = "export.aggregate"
  case exportPseudonymized = "export.pseudonymized"
  case exportReidentify = "export.reidentify"
  case exportRead = "export.read"
  case subjectReport = "subject.report"
  case retentionApply = "retention.apply"
  case leakageReport = "leakage.report"
  case breachReport = "breach.report"
  case auditRead = "audit.read"
  case auditWitness = "audit.witness"
  case auditRetention = "audit.retention"
  case auditErase = "audit.erase"
  case auditKeyRotate = "audit.key-rotate"
  case auditReview = "audit.review"
  case vaultVerifyDeep = "vault.verify-deep"
  case userAdd = "user.add"
  case userRemove = "user.remove"
  case roleGrant = "role.grant"
  case roleConfirm = "role.confirm"
  case roleRevoke = "role.revoke"
  case policyApply = "policy.apply"
  case backupCreate = "backup.create"
  case backupWarden = "backup.warden"
  case backupList = "backup.list"
  case backupRestore = "backup.restore"
  case requestCreate = "request.create"
  case requestApprove = "request.approve"
  case requestDeny = "request.deny"
  case requestUse = "request.use"

  /// The data classes that the action needs at the least; a role without their keys can never be allowed it.
  public var neededClasses: Set<DataClass> {
    switch self {
    case .customerAdd, .customerFind, .customerSearch, .customerUpdate: [.identity]
    case .customerShow, .customerHistory, .subjectReport: [.identity]
    case .retentionApply: [.identity, .behavior, .consent]
    case .customerRate: [.behavior]
    case .customerMerge, .consentGrant, .consentWithdraw, .consentObject, .consentList: [.consent]
    case .importFile: [.identity, .profile, .behavior, .consent]
    case .scoreRun, .scoreShow, .scoreExplain, .scoreReport, .segmentRun, .recommend: [.behavior]
    case .exportAnonymized, .exportAggregate, .exportPseudonymized: [.profile, .behavior, .consent, .score]
    case .exportRead, .exportReidentify: [.score]
    default: []
    }
  }

  /// Whether the action touches customer data, and so needs a purpose.
  public var needsPurpose: Bool {
    switch self {
    case .auditRead, .auditReview, .auditWitness, .auditRetention, .auditErase, .auditKeyRotate, .userAdd,
      .userRemove, .roleGrant, .roleConfirm, .roleRevoke, .policyApply, .requestCreate,
      .requestApprove, .requestDeny, .requestUse, .leakageReport, .breachReport, .backupCreate, .backupWarden,
      .backupList, .backupRestore, .customerList, .exportRead:
      false
    default: true
    }
  }

  /// Whether the action is about the log itself, and takes its key.
  public var isAboutLog: Bool { self == .auditRead || self == .auditReview || self == .breachReport }

  /// Whether the action orders something about a customer that the governance chain takes from privacy officers alone.
  var isSubjectOrder: Bool {
    switch self {
    case .subjectErase, .subjectHold, .subjectReleaseHold, .subjectRestrict, .subjectUnrestrict: true
    default: false
    }
  }

  /// Whether the action is about people and policy, which the governance chain decides by role alone.
  public var isGovernance: Bool {
    switch self {
    case .userAdd, .userRemove, .roleGrant, .roleConfirm, .roleRevoke, .policyApply, .auditKeyRotate,
      .requestCreate, .requestApprove, .requestDeny, .requestUse, .backupCreate, .backupWarden, .backupList,
      .backupRestore:
      true
    default: false
    }
  }
}
