import peer
import shipped

peer.training(shipped.load(shipped.ssm()))
