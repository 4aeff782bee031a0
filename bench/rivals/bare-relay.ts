/** A bare `ws` server that sends every message to everybody in the room: no Yjs, no storage. The floor for any Node relay. */
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { answerBench } from '../relay-process.ts'

const rooms = new Map<string, Set<WebSocket>>()
const emptyAnswer = Uint8Array.of(0, 1, 2, 0, 0)
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })

server.on('connection', (socket, request) => {
  const name = request.url ?? ''
  const room = rooms.get(name) ?? new Set()
  rooms.set(name, room)
  room.add(socket)
  socket.on('message', (data: Buffer) => {
    if (data[0] === 0 && data[1] === 0) socket.send(emptyAnswer)
    else for (const member of room) member.send(data)
  })
  socket.on('close', () => {
    room.delete(socket)
    if (room.size === 0) rooms.delete(name)
  })
})
server.once('listening', () => answerBench(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`))
