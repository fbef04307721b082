#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The files of a package, in its archive or unpacked into a folder.
public final class PackageFiles {
  private enum Place {
    case folder(Folder)
    case archive(CInt, [String: (offset: Int, size: Int)])
  }

  private let place: Place
  private let path: String

  /// The names of the files, where they are in an archive.
  public private(set) var names: [String] = []

  /// The package at a path: an archive, or the folder it was unpacked into.
  ///
  /// - Throws: `malformed` for an archive that is not in the one form of ours, or that holds a file twice;
  ///   `inputOutput`.
  public init(path: String) throws(LogError) {
    self.path = path
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw LogError(.inputOutput, "there is no \(path)") }
    if status.st_mode & S_IFMT == S_IFDIR {
      place = .folder(Folder(path: path))
      return
    }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LogError(.inputOutput, "cannot read \(path)") }
    do throws(LogError) {
      let (names, members) = try Self.index(descriptor, length: Int(status.st_size))
      place = .archive(descriptor, members)
      self.names = names
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { if case .archive(let descriptor, _) = place { close(descriptor) } }

  /// The bytes of a file; nil where there is none.
  ///
  /// - Throws: `outOfBounds` for a file beyond the limit, `inputOutput`.
  public func read(_ name: String, limit: Int = 1 << 30) throws(LogError) -> [UInt8]? {
    switch place {
    case .folder(let folder): return try folder.read(name, limit: limit)
    case .archive(let descriptor, let members):
      guard let member = members[name] else { return nil }
      guard member.size <= limit else { throw LogError(.outOfBounds, "the file \(name) is too long") }
      return try Self.bytes(descriptor, at: member.offset, count: member.size)
    }
  }

  /// The bytes of a file that must be there.
  public func required(_ name: String, limit: Int = 1 << 30) throws(LogError) -> [UInt8] {
    guard let bytes = try read(name, limit: limit) else {
      throw LogError(.inconsistent, "the package lacks \(name)")
    }
    return bytes
  }

  private static func index(
    _ descriptor: CInt, length: Int
  ) throws(LogError) -> (names: [String], members: [String: (offset: Int, size: Int)]) {
    var names: [String] = []
    var members: [String: (offset: Int, size: Int)] = [:]
    var offset = 0
    while true {
      guard offset + TarHeader.blockSize <= length else { throw cutOff }
      let block = try bytes(descriptor, at: offset, count: TarHeader.blockSize)
      offset += TarHeader.blockSize
      guard let header = try TarHeader(reading: block) else { break }
      guard header.size <= length - offset else { throw cutOff }
      guard members.updateValue((offset, header.size), forKey: header.name) == nil else {
        throw LogError(
          .malformed, "the package holds one file twice: different programs would read different ones")
      }
      names.append(header.name)
      offset += header.size + header.padding
    }
    guard offset + TarHeader.blockSize == length,
      try bytes(descriptor, at: offset, count: TarHeader.blockSize).allSatisfy({ $0 == 0 })
    else { throw LogError(.malformed, "something follows the end of the package, or the end is cut off") }
    return (names, members)
  }

  private static func bytes(_ descriptor: CInt, at offset: Int, count: Int) throws(LogError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
        return unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { throw got == 0 ? cutOff : LogError(.inputOutput, "the package cannot be read") }
      done += got
    }
    return bytes
  }

  private static var cutOff: LogError { LogError(.malformed, "the package is cut off") }
}
