import Scoring

/// Writes how a fit went.
enum FitOutput {
  /// The members of a fit's object.
  static func write(_ fit: FitSummary, _ json: inout JSONWriter) throws {
    try json.field("model", fit.model.name)
    try json.field("customers", fit.customers)
    try json.field("repeaters", fit.repeaters)
    try json.object("params") { json in
      for parameter in fit.parameters { try json.field(parameter.name, parameter.value) }
    }
    try json.object("standard_errors") { json in
      for parameter in fit.parameters { try json.field(parameter.name, parameter.standardError) }
    }
    try json.field("log_likelihood", fit.logLikelihood)
    try json.field("status", fit.status.rawValue)
    try json.array("warnings") { json in
      for warning in fit.warnings {
        try json.object { json in
          try json.field("code", warning.code)
          try json.field("message", warning.description)
        }
      }
    }
  }

  /// What to know before trusting the fit.
  static func notify(_ fit: FitSummary, _ console: Console) {
    if fit.status != .converged { console.warning("\(fit.model.name): \(fit.status.rawValue)") }
    for warning in fit.warnings { console.warning("\(fit.model.name): \(warning.description)") }
  }
}
