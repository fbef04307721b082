/// The bills of both channels.
///
/// Every customer has one bill or more; the rest fall on few customers often and on most seldom. Three bills in
/// a hundred give back the customer's last purchase. Grouped or by time, a customer's own bills are in order.
struct BillFiles {
  /// What a later refund needs to know; order 0 where there is nothing to give back.
  private struct LastPurchase {
    var order: UInt32 = 0
    var hundredths: UInt32 = 0
    var product: UInt8 = 0
    var inStore = false
  }

  private let options: Options
  private var generator: SeededGenerator
  private var lastPurchases: [LastPurchase]
  private let app: OutputFile
  private let store: OutputFile

  init(_ options: Options) throws(Failure) {
    self.options = options
    generator = SeededGenerator(seed: options.seed, stream: 2)
    lastPurchases = Array(repeating: LastPurchase(), count: options.customers)
    app = try OutputFile(options.out + (options.singleFile ? "/bills.csv" : "/bills-app.csv"))
    store = options.singleFile ? app : try OutputFile(options.out + "/bills-store.csv")
  }

  mutating func write() throws(Failure) {
    for file in options.singleFile ? [app] : [app, store] {
      file.write("account,time,amount,currency,product,category,channel,order_id,refund_of\n")
    }
    if options.timeOrdered { try writeByTime() } else { try writeByCustomer() }
    try app.finish()
    try store.finish()
  }

  private mutating func writeByTime() throws(Failure) {
    let count = options.eventCount
    let span = Moment.end.seconds - Moment.first.seconds
    for event in 0..<count {
      let time = Moment(seconds: Moment.first.seconds + event * span / count)
      try writeBill(event, of: customer(of: event), at: time)
    }
  }

  private mutating func writeByCustomer() throws(Failure) {
    var counts = [UInt32](repeating: 0, count: options.customers)
    for event in 0..<options.eventCount { counts[customer(of: event)] += 1 }
    let span = Moment.end.seconds - Moment.first.seconds
    var event = 0
    for customer in 0..<options.customers {
      let step = span / Int(counts[customer])
      for position in 0..<Int(counts[customer]) {
        let time = Moment.first.seconds + position * step + generator.below(step)
        try writeBill(event, of: customer, at: Moment(seconds: time))
        event += 1
      }
    }
  }

  /// Whose bill it is: each customer once, spread evenly over the events, between the skewed ones.
  private mutating func customer(of event: Int) -> Int {
    let turn = event * options.customers / options.eventCount
    let isTurn = turn != (event + 1) * options.customers / options.eventCount
    let rank = isTurn ? turn : generator.skewedIndex(below: options.customers)
    // A prime above every count permutes the customers, so that frequent ones do not stand together.
    return Int(UInt64(rank) * 2_654_435_761 % UInt64(options.customers))
  }

  private mutating func writeBill(_ event: Int, of customer: Int, at time: Moment) throws(Failure) {
    let last = lastPurchases[customer]
    if last.order > 0 && generator.chance(percent: 3) {
      lastPurchases[customer].order = 0
      let refund = Bill(
        order: event, customer: customer, time: time, hundredths: -Int(last.hundredths), isForeign: false,
        product: Int(last.product), inStore: last.inStore, refundOf: Int(last.order) - 1)
      return try append(refund)
    }
    let product = generator.below(generator.below(Product.catalogue.count) + 1)
    let bill = Bill(
      order: event, customer: customer, time: time,
      hundredths: generator.heavyTailed(from: Product.catalogue[product].smallest, doublings: 10),
      isForeign: options.foreignShare > 0 && generator.chance(percent: options.foreignShare),
      product: product,
      inStore: generator.chance(percent: 35), refundOf: nil)
    lastPurchases[customer] = LastPurchase(
      order: bill.isForeign ? 0 : UInt32(event) + 1, hundredths: UInt32(bill.hundredths),
      product: UInt8(product),
      inStore: bill.inStore)
    try append(bill)
  }

  private func append(_ bill: Bill) throws(Failure) {
    try bill.write(bill.inStore ? store : app, orderIDs: options.orderIDs)
  }
}

/// One row of a bill file.
private struct Bill {
  let order: Int
  let customer: Int
  let time: Moment
  let hundredths: Int
  let isForeign: Bool
  let product: Int
  let inStore: Bool
  let refundOf: Int?

  func write(_ file: OutputFile, orderIDs: Options.OrderIDs) throws(Failure) {
    file.write(account: customer)
    file.write(",")
    file.write(time: time)
    file.write(",")
    file.write(hundredths: hundredths)
    file.write(isForeign ? ",USD," : ",CNY,")
    file.write(Product.catalogue[product].name)
    file.write(",")
    file.write(Product.catalogue[product].category)
    file.write(inStore ? ",store," : ",app,")
    file.write(orderID: order, orderIDs)
    file.write(",")
    if let refundOf { file.write(orderID: refundOf, orderIDs) }
    try file.endRow()
  }
}

extension OutputFile {
  /// Appends an order id: distinct for distinct orders.
  fileprivate func write(orderID order: Int, _ kind: Options.OrderIDs) {
    switch kind {
    case .none: break
    case .ascending:
      write("P")
      write(number: order + 1, digits: 10)
    case .scattered:
      let mixed = SeededGenerator.mixed(UInt64(order) &+ 1)
      write("P")
      write(number: Int(mixed >> 32), digits: 10)
      write(number: Int(mixed & 0xffff_ffff), digits: 10)
    }
  }
}
