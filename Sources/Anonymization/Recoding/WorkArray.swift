/// An array of numbers that does not check whether it is shared: the inner loops go through it.
///
/// Every index is checked. It belongs to one run of one recoder.
@safe struct WorkArray<Element: BitwiseCopyable>: ~Copyable {
  private let base: UnsafeMutablePointer<Element>
  /// How many elements there are.
  let count: Int

  /// An array of equal elements.
  init(repeating element: Element, count: Int) {
    unsafe base = .allocate(capacity: max(1, count))
    unsafe base.initialize(repeating: element, count: count)
    self.count = count
  }

  /// A copy of an array.
  init(_ elements: [Element]) {
    unsafe base = .allocate(capacity: max(1, elements.count))
    for (index, element) in elements.enumerated() { unsafe base.advanced(by: index).initialize(to: element) }
    count = elements.count
  }

  deinit {
    unsafe base.deallocate()
  }

  /// An element; an index that is outside is a bug, and stops the program.
  subscript(index: Int) -> Element {
    @inline(__always) get {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      return unsafe base[index]
    }
    @inline(__always) nonmutating set {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      unsafe base[index] = newValue
    }
  }

  /// Sets the first elements.
  func fill(_ element: Element, first: Int) {
    precondition(first >= 0 && first <= count)
    unsafe base.update(repeating: element, count: first)
  }
}
