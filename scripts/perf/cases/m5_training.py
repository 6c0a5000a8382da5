import m5
import peer

peer.training(m5.load)
