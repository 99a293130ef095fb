// The usual way: sharp inside the API's process, 4 pictures at once, with sharp's defaults.
import 'reflect-metadata'
import { readFile, writeFile } from 'node:fs/promises'
import { Controller, Get, HttpCode, Module, Post } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import sharp from 'sharp'
import { reportReady } from '../process/report-ready.js'
import { makePicture } from './picture.js'

const atOnce = 4
const picture = await makePicture(4_000, 3_000)
await writeFile('small', Buffer.alloc(1_500, 'x'))

/** The same renditions as the platform makes. */
async function makeRenditions(): Promise<void> {
  await sharp(picture).resize(1_600).webp().toBuffer()
  await sharp(picture).resize(800).avif().toBuffer()
  await sharp(picture).resize(400).jpeg().toBuffer()
}

let wanted = false
let working: Promise<void>[] = []

async function work(): Promise<void> {
  while (wanted) await makeRenditions()
}

@Controller()
class MediaController {
  @Get('/hello')
  hello() {
    return { status: 'alive' }
  }

  @Get('/file')
  async file() {
    return { text: await readFile('small', 'utf8') }
  }

  @Post('/begin')
  @HttpCode(204)
  begin(): void {
    wanted = true
    working = Array.from({ length: atOnce }, work)
  }

  @Post('/end')
  @HttpCode(204)
  async end(): Promise<void> {
    wanted = false
    await Promise.all(working)
  }
}

@Module({ controllers: [MediaController] })
class App {}

const app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), { logger: false })
await app.listen(0, '127.0.0.1')
reportReady({ public: await app.getUrl() })
