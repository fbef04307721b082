import Scoring
import Testing

@testable import Vault

/// Models that a user writes down, and the segments of a policy.
struct ModelFileTests {
  @Test func `a composite is read as it is written`() throws {
    let file = try ModelFile.parse(
      """
      model: composite
      name: mine
      factors:
        recency: {weight: 2, direction: lower_is_better}
        frequency:
        amount: {transform: {log: 100}, normalizer: {winsorized: [0.05, 0.95]}}
        variety: {transform: {saturation: 3}, normalizer: {bins: 4}}
        product_quality: {}
        service_quality: {normalizer: robust_z_score}
      missing: {renormalize: 0.6}
      ratings: {scale: [0, 10]}
      referral: {days: 30, share: 0.5}
      variety: channel
      """)
    guard case .composite(let composite) = file else { throw VaultError(.badInput, "no composite") }
    #expect(
      composite.specification
        == (try CompositeSpecification(
          [
            CompositeTerm(.recency, weight: 2), CompositeTerm(.frequency),
            CompositeTerm(
              .amount, transform: .logarithm(unit: 100),
              normalizer: .winsorizedMinMax(lower: 0.05, upper: 0.95)),
            CompositeTerm(.variety, transform: .saturation(half: 3), normalizer: .quantileBins(4)),
            CompositeTerm(.productQuality, normalizer: .fixedRange(lower: 0, upper: 10)),
            CompositeTerm(.serviceQuality, normalizer: .robustZScore),
          ], missing: .renormalize(minimumCoverage: 0.6))))
    #expect(composite.name == "mine" && composite.variety == .channel)
    #expect(composite.referral == ReferralAttribution(days: 30, share: 0.5))
    #expect(composite.ratingScale == RatingScale(lower: 0, upper: 10) && composite.information == nil)
  }

  @Test func `a file that does not say what it is, is one of weights`() throws {
    #expect(try ModelFile.parse("weights: {amount: 2}\n") == .weighted(FactorWeights([.amount: 2])))
    #expect(try ModelFile.parse("model: weighted\nweights: {}\n") == .weighted(FactorWeights()))
  }

  @Test(arguments: [
    "model: composite", "model: composite\nfactors: {}", "model: composite\nfactors: [recency]",
    "model: composite\nfactors: {recency: {}, recency: {}}", "model: composite\nfactors: {amount: 3}",
    "model: composite\nfactors: {amount: {weight: 0}}", "model: composite\nfactors: {amount: {wait: 1}}",
    "model: composite\nfactors: {amount: {transform: {log: 0}}}",
    "model: composite\nfactors: {amount: {transform: {log: 1, saturation: 2}}}",
    "model: composite\nfactors: {amount: {normalizer: {range: [5, 1]}}}",
    "model: composite\nfactors: {amount: {normalizer: {bins: 1}}}",
    "model: composite\nfactors: {amount: {normalizer: {bins: 2.5}}}",
    "model: composite\nfactors: {amount: {normalizer: {winsorized: [0.9, 0.1]}}}",
    "model: composite\nfactors: {amount: {direction: up}}",
    "model: composite\nfactors: {amount: {}}\naggregation: sum",
    "model: composite\nfactors: {amount: {}}\nmissing: {renormalize: 2}",
    "model: composite\nfactors: {amount: {}}\nratings: {scale: [1, 5], prior: 3}",
    "model: composite\nfactors: {amount: {}}\nratings: {scale: [1, 5], prior: 9, prior_ratings: 1}",
    "model: composite\nfactors: {amount: {}}\ninformation: {rating: 1}",
    "model: composite\nfactors: {amount: {}}\nreferral: {days: 1.5}",
    "model: composite\nfactors: {amount: {}}\nvariety: price", "model: [composite]",
    "weights: {}\nfactors: {}",
  ])
  func `what is no model file is refused`(text: String) {
    #expect(throws: VaultError(.badInput, "")) { try ModelFile.parse(text) }
  }

  @Test func `a policy's segments and sensitive categories are read, and are none where it has none`() throws
  {
    let policy = try Policy(
      parsing: Policy.template + """

        segments:
          rfm: [{name: best, recency: 4-5, frequency: "5", monetary: 1-5}]
          rules: [{name: large, when: ["amount > 10"]}, {name: all}]
          rest: the rest
        recommend: {sensitive_categories: [health], sensitive_products: [P-1]}
        """)
    #expect(policy.segments.rfm?.text == "name,recency,frequency,monetary\nbest,4-5,5,1-5\nthe rest,*,*,*\n")
    #expect(policy.segments.rules?.names == ["large", "all", "the rest"])
    #expect(policy.recommendation.sensitiveCategories == ["health"])
    #expect(policy.recommendation.sensitiveProducts == ["P-1"])
    let plain = try Policy(parsing: Policy.template)
    #expect(plain.segments.rfm == nil && plain.segments.rules == nil)
  }

  @Test(arguments: [
    "segments: []", "segments: {rfm: {}}", "segments: {rfm: [{name: a}]}", "segments: {more: 1}",
    "segments: {rfm: [{name: a, recency: 0-5, frequency: 1, monetary: 1}]}",
    "segments: {rules: [{name: a, when: [amount]}]}", "segments: {rules: [{when: []}]}",
    "recommend: {sensitive_categories: health}", "recommend: {more: []}",
  ])
  func `a policy with wrong segments is refused`(text: String) {
    #expect(throws: VaultError(.badInput, "")) { try Policy(parsing: Policy.template + "\n" + text + "\n") }
  }
}
