export type { Readiness } from './health-routes.ts'
export { type HttpHandler, type HttpRoutes, createHttpHandler } from './http-handler.ts'
