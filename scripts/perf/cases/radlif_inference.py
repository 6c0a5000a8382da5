import peer
import radlif

peer.inference(radlif.load)
