import { type OutgoingHttpHeaders, request } from 'node:http'

export interface Sent {
  method?: string
  token?: string
  headers?: OutgoingHttpHeaders
  body?: Buffer
}

/** One request to a server under test, in parallel to the load; rejects if it is refused. */
export function send<Answer>(url: string, { method = 'GET', token, headers, body }: Sent = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sending = request(
      url,
      { method, headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) } },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          if (response.statusCode! >= 300) reject(new Error(`${method} ${url}: ${response.statusCode} ${text}`))
          else resolve((text === '' ? undefined : JSON.parse(text)) as Answer)
        })
      },
    )
    sending.on('error', reject).end(body)
  })
}

/** A form with one file, as a browser sends it. */
export function formOf(file: Buffer, type: string): { headers: OutgoingHttpHeaders; body: Buffer } {
  const boundary = 'kilomega-bench-boundary'
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="picture"\r\ncontent-type: ${type}\r\n\r\n`
  const body = Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)])
  return { headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': body.length }, body }
}
