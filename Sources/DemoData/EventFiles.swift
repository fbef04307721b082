/// The smaller files: ratings, referrals, consents and factors.
struct EventFiles {
  let options: Options

  func writeRatings() throws(Failure) {
    let file = try OutputFile(options.out + "/ratings.csv")
    var generator = SeededGenerator(seed: options.seed, stream: 3)
    file.write("account,time,product_quality,service_quality,price_satisfaction\n")
    for customer in 0..<options.customers where generator.chance(percent: 60) {
      for _ in 0...generator.below(3) {
        file.write(account: customer)
        file.write(",")
        file.write(time: .any(&generator))
        for _ in 0..<3 {
          file.write(",")
          file.write(number: 5 - generator.below(generator.below(5) + 1))
        }
        try file.endRow()
      }
    }
    try file.finish()
  }

  func writeReferrals() throws(Failure) {
    let file = try OutputFile(options.out + "/referrals.csv")
    var generator = SeededGenerator(seed: options.seed, stream: 4)
    file.write("account,time,referred_account,value\n")
    for customer in 0..<options.customers - 1 where generator.chance(percent: 15) {
      file.write(account: customer)
      file.write(",")
      file.write(time: .any(&generator))
      file.write(",")
      file.write(account: customer + 1 + generator.below(options.customers - customer - 1))
      file.write(",")
      file.write(hundredths: generator.heavyTailed(from: 1000, doublings: 6))
      try file.endRow()
    }
    try file.finish()
  }

  func writeConsents() throws(Failure) {
    let file = try OutputFile(options.out + "/consents.csv")
    var generator = SeededGenerator(seed: options.seed, stream: 5)
    file.write("account,time,purpose,state,source,text_version\n")
    for customer in 0..<options.customers {
      if generator.chance(percent: 50) {
        let given = Moment.any(&generator)
        try writeConsent(customer, given, ",marketing,granted,app,2024-01", file)
        if generator.chance(percent: 15) {
          let later = Moment(seconds: given.seconds + generator.below(Moment.end.seconds - given.seconds))
          try writeConsent(customer, later, ",marketing,withdrawn,app,2024-01", file)
        }
      }
      if generator.chance(percent: 30) {
        try writeConsent(customer, .any(&generator), ",personalization,granted,app,2024-01", file)
      }
      if generator.chance(percent: 4) {
        try writeConsent(customer, .any(&generator), ",analytics,objected,store,2024-01", file)
      }
    }
    try file.finish()
  }

  private func writeConsent(
    _ customer: Int, _ time: Moment, _ rest: StaticString, _ file: OutputFile
  ) throws(Failure) {
    file.write(account: customer)
    file.write(",")
    file.write(time: time)
    file.write(rest)
    try file.endRow()
  }

  /// The two customers of the article that the `literal` model follows, and factors that another system
  /// computed for every tenth customer.
  func writeFactors() throws(Failure) {
    let file = try OutputFile(options.out + "/factors.csv")
    var generator = SeededGenerator(seed: options.seed, stream: 6)
    file.write("account,purchase_frequency,purchase_amount,purchase_variety,product_quality,")
    file.write("service_quality,price_satisfaction,referral_value,information_value\n")
    file.write("ARTICLE-1,10,1000,5,4,5,4,200,100\n")
    file.write("ARTICLE-2,5,500,3,3,4,3,100,50\n")
    for customer in stride(from: 0, to: options.customers, by: 10) {
      let frequency = generator.heavyTailed(from: 2, doublings: 5)
      file.write(account: customer)
      file.write(",")
      file.write(number: frequency)
      file.write(",")
      file.write(hundredths: frequency * generator.heavyTailed(from: 2000, doublings: 5))
      file.write(",")
      file.write(number: 1 + generator.below(min(frequency, Product.catalogue.count)))
      for _ in 0..<3 {
        file.write(",")
        file.write(number: 1 + generator.below(5))
      }
      for _ in 0..<2 {
        file.write(",")
        file.write(number: generator.below(30) * 10)
      }
      try file.endRow()
    }
    try file.finish()
  }
}
