import Anonymization
import ArgumentParser
import Scoring
import Vault

/// `crmvault segment run`
struct SegmentRunCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Put every customer whom the purpose may reach into a segment.",
    discussion: """
      By RFM bins and a table of names, which --segments or the policy can replace; by k-means from a seed, with its \
      silhouette; or by the policy's rules, of which the first that fits counts. Shown are the segments with their sizes \
      and means; sizes under 5, and others with them so that they cannot be worked out, are left out. --members writes \
      each customer's segment, by pseudonym, instead; JSON has both.

      Exit status: 0 done, 64 usage, 65 bad table or rates, payments in other currencies, or nobody to put into segments, \
      66 no such vault or file, 75 busy, 76 integrity, 77 not permitted, 78 the policy has no rules.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup(title: "Days and currencies") var history: HistoryOptions
  @OptionGroup(title: "Segments") var segments: SegmentOptions
  @Flag(help: "Write each customer's segment, by pseudonym.") var members = false
  @Option(help: "With --members, write at most so many customers.") var limit: Int?
  @Option(help: "How the segments are written.") var format: ScoreRunCommand.Format?

  func run(on console: Console) throws {
    guard limit.map({ $0 >= 0 }) ?? true else {
      throw CommandFailure.usage("bad_limit", "--limit is a number from 0")
    }
    guard !options.json || format == nil || format == .json else {
      throw CommandFailure.usage(
        "bad_format", "--json and --format \(format?.rawValue ?? "") exclude each other")
    }
    let plan = try history.gathering()
    _ = try SegmentTable.read(segments.segmentTable)
    let session = try options.openSession(on: console)
    let policy = try session.policy().segments
    let method = try segments.method(policy)
    let gathered = try session.gatherEverybody(
      plan, GatherPlan(rule: segments.occasion), purpose: options.purpose, action: .segmentRun)
    let settings = try segments.settings(
      policy, asOf: plan.window.through, minorDigits: gathered.minorDigits)
    let segmentation = try Segmentation(method, of: gathered.members, settings: settings)
    let output = SegmentOutput(gathered, segmentation, plan.window, limit: limit)
    switch options.json ? .json : format ?? .text {
    case .json: try output.writeJSON(session, to: console)
    case .csv where members: try output.writeMembersCSV(session, to: console)
    case .csv: try output.writeCSV(to: console)
    case .text where members: try output.writeMembersText(session, to: console)
    case .text: try output.writeText(to: console)
    }
    output.notify(console)
  }
}
