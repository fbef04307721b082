extension Policy {
  /// The policy that `init` signs in unless it is given another.
  public static let template = """
    # The policy of a crmvault. Keys decide what a role can open at all; this file decides, among that, what the
    # program lets it do. Change it under version control, `crmvault policy check FILE`, `crmvault policy apply FILE`.
    policy: 1
    name: default

    # Why customer data may be touched. rule: consent (the customer must have consented), objection (must not have
    # objected), none.
    purposes:
      service: {legal_basis: contract, rule: none}
      analytics: {legal_basis: legitimate-interest, rule: objection}
      marketing: {legal_basis: consent, rule: consent}
      personalization: {legal_basis: consent, rule: consent}
      fraud-prevention: {legal_basis: legitimate-interest, rule: objection}
      legal-obligation: {legal_basis: legal-obligation, rule: none}
      data-subject-request: {legal_basis: legal-obligation, rule: none}
      administration: {legal_basis: legitimate-interest, rule: none}

    # masks: how a field is shown unless it is revealed (full, partial, initial, last4, year, hidden).
    # reveal: which fields may be revealed under which purpose.
    roles:
      custodian:
        purposes: [administration]
        default_purpose: administration

      steward:
        actions: [customer.add, customer.find, customer.search, customer.show, customer.update, customer.rate,
          customer.list, customer.history, customer.merge, customer.split, consent.list, import,
          vault.verify-deep]
        purposes: [service, marketing, fraud-prevention, legal-obligation, data-subject-request, administration]
        default_purpose: service
        masks: {name: partial, phone: partial, email: partial, address: partial, national_id: last4,
          birth_date: year, account: full, note: hidden}
        reveal:
          service: [name, phone, email, address, account, note, birth_date]
          fraud-prevention: [all]
          legal-obligation: [all]
          data-subject-request: [all]

      agent:
        actions: [customer.find, customer.show, customer.rate, customer.history, consent.grant,
          consent.withdraw, consent.object, consent.list]
        purposes: [service, fraud-prevention, data-subject-request]
        default_purpose: service
        masks: {name: partial, phone: partial, email: partial, address: partial, national_id: last4,
          birth_date: hidden, account: last4, note: hidden}
        reveal:
          service: [name, phone, email, address, account, note]
          fraud-prevention: [name, phone, email, address, account, note, birth_date]
          data-subject-request: [all]

      analyst:
        actions: [customer.list, score.run, score.show, score.explain, score.report, segment.run, recommend,
          export.anonymized, export.aggregate, export.pseudonymized, export.read, vault.verify-deep]
        purposes: [analytics, marketing, personalization, fraud-prevention]
        default_purpose: analytics

      privacy-officer:
        actions: [customer.find, customer.search, customer.show, customer.list, customer.history,
          export.read, export.reidentify, consent.grant, consent.withdraw, consent.object, consent.list,
          subject.erase, subject.hold, subject.release-hold, subject.restrict, subject.unrestrict, subject.report,
          retention.apply, audit.read, audit.review, vault.verify-deep]
        purposes: [data-subject-request, legal-obligation, administration]
        default_purpose: data-subject-request
        masks: {name: partial, phone: partial, email: partial, address: partial, national_id: last4,
          birth_date: year, account: last4, note: hidden}
        reveal:
          data-subject-request: [all]
          legal-obligation: [all]

      auditor:
        actions: [audit.read, audit.review]
        purposes: [legal-obligation, administration]
        default_purpose: legal-obligation

    # What leaves. notice: the version of the privacy notice that customers were given, where `--notice` names none.
    # risk: an export with a greater prosecutor risk needs a second person. Budgets of differential privacy are exact:
    # of the vault, and of each recipient.
    exports:
      notice: "1"
      risk: 0.2
      vault_budget: {epsilon: 3, delta: 1/100000}
      recipient_budget: {epsilon: 1, delta: 1/100000}

    # What needs a second person: somebody who asks for it ('crmvault request'), and somebody else who approves it.
    # role.custodian, policy.apply and backup.restore always do. days: how long an approval counts.
    approvals:
      actions: [customer.reveal, export.reidentify, export.above-limit, role.custodian, policy.apply,
        backup.restore]
      days: 7

    # What `audit flags` reports, in the vault's zone; 0 turns a rule off.
    review:
      working_hours: {from: "08:00", to: "19:00", days: [mon, tue, wed, thu, fri]}
      denials: 1                # refusals of one user on one day
      volume: {factor: 3, minimum: 50, history: 5, days: 28}    # customers a day against the user's own median
      first_purpose: true       # a user's first use of a purpose that is not the role's default
      bulk_ticket: true         # a bulk read needs --ticket
      result_minutes: 60        # an intent without a result
      clock_seconds: 60         # a clock that was moved
      dormant_days: 90          # a user without an entry
      looks: {count: 5, days: 7}    # of one user at one customer
      reveal_fields: 4          # fields revealed at once

    """
}
