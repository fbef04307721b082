/// Sorts words in ascending order, eleven bits at a time from the lowest, passing over bits that do not differ.
func radixSort(_ keys: inout [UInt64]) {
  guard keys.count > 256 else {
    keys.sort()
    return
  }
  var (all, any): (UInt64, UInt64) = (.max, 0)
  for key in keys {
    all &= key
    any |= key
  }
  let differing = all ^ any
  var other = [UInt64](repeating: 0, count: keys.count)
  for shift in stride(from: UInt64(0), to: 64, by: 11) where differing >> shift & 0x7ff != 0 {
    var starts = [Int](repeating: 0, count: 2048)
    for key in keys { starts[Int(key >> shift & 0x7ff)] += 1 }
    var start = 0
    for digit in starts.indices { (starts[digit], start) = (start, start + starts[digit]) }
    for key in keys {
      let digit = Int(key >> shift & 0x7ff)
      other[starts[digit]] = key
      starts[digit] += 1
    }
    swap(&keys, &other)
  }
}
