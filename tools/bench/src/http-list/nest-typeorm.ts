// The usual way: a repository's find() in a Nest controller on Fastify, and nothing else: no user, no metrics, no log.
import 'reflect-metadata'
import { processEnvironment } from '@kilomega/config'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { DataSource, IsNull, Not } from 'typeorm'
import { reportReady } from '../process/report-ready.js'
import { TypeormPost } from './typeorm-post.entity.js'

const source = new DataSource({ type: 'postgres', url: processEnvironment()['DATABASE_URL']!, entities: [TypeormPost], extra: { max: 20 } })
const posts = source.getRepository(TypeormPost)

@Controller()
class PostsController {
  @Get('/v1/posts')
  async list() {
    return { items: await posts.find({ where: { publishedAt: Not(IsNull()) }, order: { publishedAt: 'DESC', id: 'DESC' }, take: 20 }) }
  }
}

@Module({ controllers: [PostsController] })
class App {}

await source.initialize()
const app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), { logger: false })
await app.listen(0, '127.0.0.1')
reportReady({ public: await app.getUrl() })
