import type { Connection } from '../api/connection.js'
import { Failure } from '../failure.js'
import { leave, openAccount } from './account-stops.js'
import { publishPost } from './content-stops.js'
import { readInbox, sendEvents } from './event-stops.js'
import { newVisitor } from './visitor.js'
import { type Stop, Walk } from './walk.js'

export interface Tour {
  passed: boolean
  stops: Stop[]
  /** How an answer differed from the expected one. */
  problem?: string
}

/** Walks through the product as a new visitor, up to the first unexpected answer. */
export async function takeTour(connection: Connection, onStop: (stop: Stop) => void): Promise<Tour> {
  const walk = new Walk(onStop)
  const visitor = newVisitor()
  try {
    await openAccount(walk, connection, visitor)
    await publishPost(walk, connection, visitor)
    await sendEvents(walk, connection, visitor)
    await readInbox(walk, connection, visitor)
    await leave(walk, connection, visitor)
    return { passed: true, stops: walk.stops }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { passed: false, stops: walk.stops, problem: error.message }
  }
}
