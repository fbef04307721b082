/// The README of a package, for an auditor who has never seen one.
public struct PackageReadme: Sendable {
  /// The log.
  public var origin: String
  /// The entries of the range.
  public var range: Range<UInt64>
  /// The bounds that were asked for, as RFC 3339.
  public var since: String, until: String
  /// Reports that were put in, by file name.
  public var reports: [String]

  /// A README of these facts.
  public init(origin: String, range: Range<UInt64>, since: String, until: String, reports: [String] = []) {
    self.origin = origin
    self.range = range
    self.since = since
    self.until = until
    self.reports = reports
  }

  /// The text.
  public var text: String {
    """
    Evidence package of an audit log

    Log      \(origin)
    Period   \(since) to \(until)
    Entries  \(range.lowerBound) to \(range.upperBound - 1): \(range.count), the difference of two signed sizes

    To check it, unpack it and run these three commands in its folder. They need a shell, openssl and GNU coreutils;
    nothing of ours. In the place of log.vkey put your own copy of the log's public key: the one in here proves nothing,
    since whoever forges a package puts his own key in.

      sh check.sh signatures log.vkey
      sh check.sh tree
      sh check.sh bodies

    signatures  the checkpoints are signed by the log's key
    tree        the entries hash to the signed roots (RFC 6962), so none is missing, changed, added or moved; the end
                continues the start
    bodies      each line of *.what and *.who is the one that its entry names

    If you kept a checkpoint of an earlier package, compare it with checkpoints/start: the same size must have the same
    root. Whoever keeps no checkpoint, and knows no witness that did, cannot tell whether the log was rewritten before.

    With crmvault installed, one command checks that and the rest: signatures of users, statements about people and
    roles, sets of customers, results against intents. It needs no vault and no secret key.

      crmvault audit verify-proof . --vkey log.vkey

    What is in here

      checkpoints/start     signed head before the period (not there where the period begins with the first entry)
      checkpoints/end       signed head at its end
      log.vkey              the log's public key
      frontier              the tree before the first bundle, as full subtrees: level and hash
      before.tlog-proof     the entry before the first bundle
      entries/N.envelope    the entries, one a line, from entry N on: the leaves of the tree, in their exact bytes
      entries/N.what        what was done, why, to whose data (customers by pseudonym): one line an entry of the period
      entries/N.who         who did it, likewise; an empty line where a part was erased when its time was over
      entries/N.commits     the checkpoint of every commit: size and signed note (base64), signed by log and user
      tile/                 the same entries as c2sp.org/tlog-tiles, for other programs
      governance/           every statement before the period, with its proof: who had which role and key
      policies/             the policies that statements name, by BLAKE2b-256 of the text
      sets/                 the customers of each bulk access, by root: docs/formats.md says how to read them
      retention.txt         what is kept how long, and what was taken away
      SHA256SUMS            of every other file: sha256sum --check --quiet SHA256SUMS
    \(reports.isEmpty ? "" : "  reports/              " + reports.joined(separator: ", ") + "\n")
    Entries name customers by pseudonym and staff by name and key id. Treat the package as personal data.

    """
  }
}
