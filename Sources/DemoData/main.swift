import Glibc

/// Makes what was asked for, in one folder.
func makeFiles(_ options: Options) throws(Failure) {
  if unsafe mkdir(options.out, 0o755) != 0 && errno != EEXIST {
    throw .system("cannot make \(options.out)", errno)
  }
  let events = EventFiles(options: options)
  for part in Options.Part.allCases where options.parts.contains(part) {
    switch part {
    case .customers: try CustomerFile(options: options).write()
    case .bills:
      var bills = try BillFiles(options)
      try bills.write()
    case .ratings: try events.writeRatings()
    case .referrals: try events.writeReferrals()
    case .consents: try events.writeConsents()
    case .factors: try events.writeFactors()
    }
  }
}

do throws(Failure) {
  let options = try Options(Array(CommandLine.arguments.dropFirst()))
  if options.help { print(Options.usage) } else { try makeFiles(options) }
} catch {
  let line = Array("demo-data: \(error.message)\n".utf8)
  _ = unsafe write(STDERR_FILENO, line, line.count)
  exit(error.exitStatus)
}
