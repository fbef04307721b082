/// What is wrong with a row, and where, before names are looked up.
struct RowFault: Error {
  enum Place {
    case record
    case column(Int)
    case account
    case customer(Int)
    case event(EventField)
  }
  let code: RejectionCode
  let place: Place
}
