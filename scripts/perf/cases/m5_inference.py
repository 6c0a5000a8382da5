import m5
import peer

peer.inference(m5.load)
