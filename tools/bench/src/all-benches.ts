import type { Bench } from './bench.js'
import { httpHello } from './http-hello/http-hello.js'
import { httpList } from './http-list/http-list.js'
import { mediaIsolation } from './media-isolation/media-isolation.js'
import { portLocal } from './port-local/port-local.js'
import { portNats } from './port-nats/port-nats.js'
import { queue } from './queue/queue.js'
import { typeormRead } from './typeorm-read/typeorm-read.js'

export const allBenches: readonly Bench[] = [httpHello, httpList, portLocal, portNats, mediaIsolation, queue, typeormRead]
