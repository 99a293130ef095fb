import { Id, type Media, MediaPort, Rendition, RenditionName } from '@kilomega/contracts'
import { Params, Query, Reply, Request, Route, Routes } from '@kilomega/http'
import { ObjectStore } from '@kilomega/storage'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { HttpMedia, httpMedia, UploadFields } from './http-media.js'
import { receiveUpload } from './receive-upload.js'
import { sendRendition } from './send-rendition.js'

const MediaParams = z.object({ id: Id })
const RenditionParams = MediaParams.extend({ rendition: RenditionName })
const RenditionQuery = z.object({ v: Rendition.shape.hash.optional() })
const one = { path: '/v1/media/:id', params: MediaParams } as const

@Routes('Pictures and their renditions')
export class MediaController {
  constructor(
    private readonly media: MediaPort,
    private readonly store: ObjectStore,
  ) {}

  @Route({
    method: 'POST',
    path: '/v1/media',
    access: 'user',
    summary: 'Accepts a picture of up to 50 MiB; its renditions are made afterwards',
    budget: { queries: 7, bytes: 1_500 },
    upload: true,
    body: UploadFields,
    status: 202,
    answer: HttpMedia,
    headers: { Location: 'Where its state can be read' },
    errors: ['UNSUPPORTED_MEDIA_TYPE', 'MEDIA_REJECTED', 'STORAGE_FULL'],
  })
  async accept(@Request() request: FastifyRequest, @Reply() reply: FastifyReply) {
    const media: Media = await receiveUpload(request, this.store, (upload) => this.media.accept(upload))
    reply.header('location', `/v1/media/${media.id}`)
    return httpMedia(media)
  }

  @Route({
    ...one,
    method: 'GET',
    access: 'anyone',
    summary: 'Reads the state of a picture: for its owner, and for anyone once a published post uses it',
    budget: { queries: 1, bytes: 2_200 },
    answer: HttpMedia,
  })
  async get(@Params() reference: z.output<typeof MediaParams>) {
    return httpMedia(await this.media.get(reference))
  }

  @Route({
    method: 'GET',
    path: '/v1/media/:id/:rendition',
    access: 'anyone',
    summary: 'Returns the bytes of a rendition, or a range of them',
    budget: { queries: 1, bytes: 2_200_000 },
    params: RenditionParams,
    query: RenditionQuery,
    contentType: 'image/webp, image/avif, image/jpeg',
    otherStatuses: { 206: undefined, 304: undefined },
    headers: { ETag: 'The hash of the bytes', 'Accept-Ranges': 'bytes', 'Content-Range': 'Which bytes these are, where they are not all' },
    errors: ['RANGE_NOT_SATISFIABLE', 'OBJECT_MISSING'],
  })
  async send(
    @Params() reference: z.output<typeof RenditionParams>,
    @Query() { v }: z.output<typeof RenditionQuery>,
    @Request() request: FastifyRequest,
    @Reply() reply: FastifyReply,
  ) {
    const bytes = await this.media.locate(reference)
    return sendRendition(this.store, { bytes, name: reference.rendition, version: v }, request, reply)
  }

  @Route({ ...one, method: 'DELETE', access: 'user', summary: 'Removes a picture and its renditions', budget: { queries: 3, bytes: 0 }, status: 204 })
  remove(@Params() reference: z.output<typeof MediaParams>) {
    return this.media.remove(reference)
  }
}
