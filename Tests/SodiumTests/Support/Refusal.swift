import Sodium

/// The code with which `body` is refused, or `nil` where it is not.
func refusal(_ body: () throws(SodiumError) -> Void) -> SodiumError.Code? {
  do {
    try body()
    return nil
  } catch {
    return error.code
  }
}
