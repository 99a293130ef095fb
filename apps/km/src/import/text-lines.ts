/** The maximum length of a line in bytes. A document of 128 KiB takes a sixth of it if every character is written as `\u0041`. */
export const lineLimitBytes = 4 * 1_024 * 1_024

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** The bytes of a line without its line ending; for a line over the limit only its length. */
export type TextLine = { bytes: Buffer } | { tooLongBytes: number }

/**
 * Only LF and CR LF end a line. Other line separators of Unicode, such as U+2028, may occur inside a JSON string, and Node's readline splits at them.
 * Works on bytes, because decoded text has already lost whatever was not UTF-8.
 */
export async function* readTextLines(source: AsyncIterable<Buffer>): AsyncGenerator<TextLine> {
  let line = new OpenLine()
  for await (const chunk of source) {
    let from = 0
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, from)) {
      line.add(chunk.subarray(from, end))
      yield line.close()
      line = new OpenLine()
      from = end + 1
    }
    line.add(chunk.subarray(from))
  }
  if (line.sizeBytes > 0) yield line.close()
}

/** A line whose end has not been read yet. */
class OpenLine {
  private readonly parts: Buffer[] = []
  sizeBytes = 0

  add(part: Buffer): void {
    this.sizeBytes += part.length
    if (this.sizeBytes <= lineLimitBytes) this.parts.push(part)
    else this.parts.length = 0
  }

  close(): TextLine {
    if (this.sizeBytes > lineLimitBytes) return { tooLongBytes: this.sizeBytes }
    const bytes = this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts)
    return { bytes: bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes }
  }
}
