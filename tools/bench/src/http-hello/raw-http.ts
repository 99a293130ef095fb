// The limit: what Node itself needs for the same answer.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { reportReady } from '../process/report-ready.js'

const server = createServer((_request, response) => {
  const body = JSON.stringify({ hello: 'world' })
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body) }).end(body)
})
server.listen(0, '127.0.0.1', () => reportReady({ public: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }))
