// The rules of the default roles. Pure tables.
#pragma once

#include <vector>

#include "agent/api/access.h"

namespace ordinal::controllers::roles {

using Rules = std::vector<api::PolicyRule>;

Rules EverythingRules();      ///< cluster-admin
Rules AdminRules();           ///< what admin has beyond edit
Rules EditRules();            ///< what edit has beyond view
Rules ViewRules();            ///< view: of a namespace, but for secrets and roles
Rules ReaderRules();          ///< ordinal:view: everything but secrets, the figures of the node too
Rules NodeRules();            ///< system:node: what a node's agent needs
Rules DiscoveryRules();       ///< system:discovery
Rules PublicInfoRules();      ///< system:public-info-viewer
Rules BasicUserRules();       ///< system:basic-user: questions about oneself
Rules IssuerRules();          ///< system:service-account-issuer-discovery
Rules MonitoringRules();      ///< system:monitoring
Rules AuthDelegatorRules();   ///< system:auth-delegator: questions about others
Rules NodeApiRules();         ///< system:kubelet-api-admin
Rules ClientApproverRules();  ///< system:certificates.k8s.io:…-approver: of one signer each
Rules NodeClientApproverRules();
Rules NodeServingApproverRules();
Rules LegacyApproverRules();
Rules NodeClientRules();         ///< system:certificates.k8s.io:certificatesigningrequests:nodeclient
Rules OwnNodeClientRules();      ///< …:selfnodeclient
Rules VolumeProvisionerRules();  ///< system:persistent-volume-provisioner

}  // namespace ordinal::controllers::roles
