import { createHmac, timingSafeEqual } from 'node:crypto'
import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'

export interface Claims {
  sub: string
  role: string
  exp: number
}
export type WithUser = FastifyRequest & { user: Claims }

const key = 'a secret of at least sixteen characters'

/** HS256 by hand takes a fifth of the time of JWT libraries: the peer must not lose because of its library. */
export function signed(claims: Claims): string {
  const content = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`
  return `${content}.${macOf(content).toString('base64url')}`
}

@Injectable()
export class TokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<WithUser>()
    request.user = verified(request.headers.authorization?.slice('Bearer '.length) ?? '')
    return true
  }
}

function verified(token: string): Claims {
  const end = token.lastIndexOf('.')
  const [content, mac] = [token.slice(0, end), Buffer.from(token.slice(end + 1), 'base64url')]
  const expected = macOf(content)
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) throw new UnauthorizedException()
  const claims = JSON.parse(Buffer.from(content.split('.')[1]!, 'base64url').toString()) as Claims
  if (claims.exp * 1_000 < Date.now()) throw new UnauthorizedException()
  return claims
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const macOf = (content: string): Buffer => createHmac('sha256', key).update(content).digest()
