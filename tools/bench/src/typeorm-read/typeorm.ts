// TypeORM alone: with one server, or with its own replication if a replica is given.
import 'reflect-metadata'
import { processEnvironment } from '@kilomega/config'
import { DataSource } from 'typeorm'
import { answerCalls } from '../process/answer-calls.js'
import { findNote, Note } from './note.entity.js'

const { DATABASE_URL: url, DATABASE_REPLICAS: replica } = processEnvironment()
const servers = replica === undefined ? { url: url! } : { replication: { master: { url: url! }, slaves: [{ url: replica }] } }
const source = new DataSource({ type: 'postgres', ...servers, entities: [Note], extra: { max: 20 } })
await source.initialize()
answerCalls(findNote(source.getRepository(Note)))
